#!/usr/bin/env bash
# Formatting of every source file, then clang-tidy on those given, or on all.
set -euo pipefail
. scripts/lib.sh

install build more
mapfile -t sources < <(git ls-files '*.cpp' '*.hpp')
clang-format-19 --dry-run --Werror "${sources[@]}"
say "formatting is in order"
configure release
if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(git ls-files 'domain/*.cpp' 'consensus/*.cpp' 'app/*.cpp' 'adapters/*.cpp' 'sim/*.cpp'); fi
printf '%s\n' "${files[@]}" | xargs -P "$jobs" -n 4 clang-tidy-19 -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option
