#!/usr/bin/env bash
# Line and branch coverage of domain and consensus by the whole test suite.
set -euo pipefail
. scripts/lib.sh

install build test more
compile coverage
find build/coverage -name '*.gcda' -delete
ctest --test-dir build/coverage -j "$jobs" --output-on-failure -LE process >&2
# The compiler was told relative names (CCACHE_BASEDIR).
lcov --quiet --capture --directory build/coverage --rc lcov_branch_coverage=1 \
  --base-directory "$root/build/coverage" --output-file build/coverage/all.info --ignore-errors gcov,source 2>/dev/null
for layer in domain consensus; do
  lcov --quiet --extract build/coverage/all.info "$root/$layer/*" --rc lcov_branch_coverage=1 \
    --output-file "build/coverage/$layer.info"
  echo "$layer:"
  lcov --summary "build/coverage/$layer.info" --rc lcov_branch_coverage=1 2>&1 | grep -E 'lines|branches'
done
