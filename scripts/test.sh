#!/usr/bin/env bash
# Everything: install, build, run. Closes with ctest's summary.
set -euo pipefail
. scripts/lib.sh

install build test
compile release
exec ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$jobs" "$@"
