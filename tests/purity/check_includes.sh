#!/usr/bin/env bash
# check_includes.sh ROOT FOLDER: the folder includes no header of the system or the language but those on the
# list. (Which folders and packages it may include is for check_layers.sh.)
set -euo pipefail
root=$1 folder=$2

standard='algorithm|array|bit|cassert|charconv|cmath|compare|concepts|cstddef|cstdint|cstdio|cstdlib|cstring|deque|expected|functional|initializer_list|iterator|limits|list|map|memory|numeric|optional|queue|ranges|set|span|string|string_view|tuple|type_traits|unordered_map|unordered_set|utility|variant|vector|version|nmmintrin\.h|immintrin\.h|x86intrin\.h|cpuid\.h'

# <cstdio> and <cstdlib> serve only the assertion that ends the process.
offending=$(cd "$root" && grep -rnE '^ *# *include' --include='*.hpp' --include='*.cpp' "$folder" |
  grep -vE "include (<($standard)>|\")" || true)
stdio=$(cd "$root" && grep -rlE 'include <(cstdio|cstdlib)>' --include='*.hpp' --include='*.cpp' "$folder" |
  grep -v '^domain/base/assert.cpp$' || true)
if [ -n "$offending$stdio" ]; then
  printf 'not allowed in a pure layer:\n%s\n%s\n' "$offending" "$stdio"
  exit 1
fi
