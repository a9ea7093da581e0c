#!/usr/bin/env bash
# run.sh CONFMAND FOLDER: the tests of this folder, with the packages that the lock file names, in FOLDER.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
confmand=$(realpath "$1")
folder=$2

skip() { echo "skipped: $*"; exit 77; }

command -v node >/dev/null || skip "there is no node on this machine"
command -v npm >/dev/null || skip "there is no npm on this machine"
mkdir -p "$folder"
cd "$folder"
cp "$here"/*.mjs "$here/package.json" .
if ! cmp -s "$here/package-lock.json" package-lock.json; then
  rm -rf node_modules package-lock.json
  cp "$here/package-lock.json" .
  if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1; then
    rm package-lock.json
    cat npm.log
    grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH' npm.log &&
      skip "the npm registry can't be reached"
    exit 1
  fi
fi
export CONFMAND=$confmand WORK=$folder/nodes
exec node --test watch.test.mjs
