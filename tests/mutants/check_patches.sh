#!/usr/bin/env bash
# check_patches.sh ROOT FOLDER: whether every patch of the folder says exactly what stands in the
# sources, and has an id of its own. One that needs fuzz may end up where it means another thing, or
# doesn't compile.
set -euo pipefail
cd "$1"
status=0
for patch in "$2"/*.patch; do
  patch -p1 -F0 --dry-run --batch --forward <"$patch" >/dev/null && continue
  echo "$patch has to be made anew: the lines around its change aren't those of the sources"
  status=1
done
twice=$(cd "$2" && printf '%s\n' *.patch | sed 's/-.*//' | sort | uniq -d)
[ -z "$twice" ] || { echo "$2 has two patches called" $twice; status=1; }
exit $status
