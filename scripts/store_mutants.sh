#!/usr/bin/env bash
# The kill matrix of the stores: faults of adapters/sqlite, each tried by the tests that its patch
# names. Behind ./dev mutants --stores [ID…]. docs/mutants.md has the results.
#
# Works on a copy of the working tree in build/store-mutants. Exit status: 0 every mutant killed, 1
# not so, 65 a patch that doesn't apply.
set -euo pipefail
. scripts/lib.sh

patches=tests/mutants/stores
work=$root/build/store-mutants
src=$work/src
out=$work/build
mkdir -p "$src"
exec {lock}>"$work/lock"
flock -n "$lock" || die "another run is under way (build/store-mutants/lock)"

git ls-files --cached --others --exclude-standard | while read -r file; do
  [ ! -f "$file" ] || cmp -s "$file" "$src/$file" || printf '%s\n' "$file"
done | xargs -r -d '\n' cp --parents -t "$src"
export CCACHE_BASEDIR=$src
[ -f "$out/build.ninja" ] || cmake -S "$src" -B "$out" -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null

# try PATCH: whether the tests that it names pass.
try() {
  # "Caught by: confman_sqlite_tests StateScrubTest.MissingAndOldRowsAreFound"
  read -r target filter < <(sed -n 's/^Caught by: //p' "$1")
  ninja -C "$out" -j "$jobs" "$target" >"$work/build.log" 2>&1 || die "$1: $target does not compile"
  "$out/bin/$target" --gtest_brief=1 --gtest_filter="$filter" >"$work/test.log" 2>&1
}

status=0
for patch in "$patches"/*.patch; do
  id=${patch##*/}
  id=${id%%-*}
  [ $# -eq 0 ] || [[ " $* " == *" $id "* ]] || continue
  try "$patch" || die "without any mutant $filter fails already: $work/test.log"
  files=$(sed -n 's,^+++ b/\([^[:space:]]*\).*,\1,p' "$patch")
  patch -p1 -F0 -d "$src" --batch --forward --no-backup-if-mismatch <"$patch" >/dev/null || {
    say "$patch does not apply to this tree"
    status=65
    continue
  }
  verdict=killed
  if try "$patch"; then
    verdict=SURVIVED
    status=1
  fi
  echo "$id $verdict by $filter: $(sed -n '1s/^[^:]*: //p' "$patch")"
  for file in $files; do cp "$file" "$src/$file"; done
done
exit $status
