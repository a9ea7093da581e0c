#!/usr/bin/env bash
# Everything: install, build, run. Or only some folders of tests/: ./dev test domain yaml. What begins with
# a hyphen, and what follows it, is ctest's. Closes with ctest's summary and, in one line, what wasn't run.
set -euo pipefail
. scripts/lib.sh

suites=()
while [ $# -gt 0 ] && [[ $1 != -* ]]; do
  [ -f "tests/$1/CMakeLists.txt" ] || die "tests/ has no folder '$1' with tests"
  suites+=("$1")
  shift
done

# not_run FOLDER: why tests that ctest has just called there skipped themselves.
not_run() {
  sed -n -e '/: Skipped$/{n;p}' -e 's/^skipped: //p' "$1/Testing/Temporary/LastTest.log" | sort -u
}

# run FOLDER CTEST-ARGUMENT…
status=0
skipped=
run() {
  local folder=$1
  shift
  ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$jobs" "$@" || status=$?
  skipped+=$(not_run "$folder" | sed 's/$/; /' | tr -d '\n')
}

install build test
if [ ${#suites[@]} -eq 0 ]; then
  compile release
  run "$build" "$@"
else
  targets=("${suites[@]/#/tests/}")
  compile release "${targets[@]/%//all}"
  for suite in "${suites[@]}"; do run "$build/tests/$suite" "$@"; done
fi
[ -z "$skipped" ] || say "not run: ${skipped%; }"
exit "$status"
