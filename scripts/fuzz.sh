#!/usr/bin/env bash
# fuzz.sh [NAME] [SECONDS]: builds tests/fuzz with libFuzzer and sanitizers, runs one target or each.
set -euo pipefail
. scripts/lib.sh

install build more
seconds=${2:-60}
configure fuzz
for source in tests/fuzz/${1:-*}_fuzz.cpp; do
  name=$(basename "$source" .cpp)
  compile fuzz "$name"
  mkdir -p "build/fuzz/corpus/$name"
  say "== $name, $seconds s"
  "build/fuzz/bin/$name" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -timeout=10 \
    -print_final_stats=1 "build/fuzz/corpus/$name" 2>&1 | tail -n 12
done
