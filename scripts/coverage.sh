#!/usr/bin/env bash
# Line and branch coverage of domain and consensus by the whole test suite.
set -euo pipefail
. scripts/lib.sh

install build test more
compile coverage
find build/coverage -name '*.gcda' -delete
ctest --test-dir build/coverage -j "$jobs" --output-on-failure -LE process >&2
# Edges that only an exception takes don't count: the compiler makes one for each call that might
# throw, and what is thrown there is std::bad_alloc.
cd build/coverage
for layer in domain consensus; do
  echo "$layer:"
  gcovr --root "$root" --filter "$root/$layer/" --exclude-throw-branches \
    --gcov-ignore-parse-errors --print-summary --object-directory . . |
    grep -E '^(lines|branches):'
done
