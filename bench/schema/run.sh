#!/usr/bin/env bash
# run.sh PROGRAM FOLDER [ROUNDS]: confman-schema-bench, with ajv as the lock file names it, in FOLDER.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
program=$(realpath "$1")
mkdir -p "$2"
cd "$2"
cp "$here"/{ajv.mjs,package.json,package-lock.json} .
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
exec "$program" "$PWD" "${@:3}"
