#!/usr/bin/env bash
# Does the chaos find bugs? Builds confmand with one fault at a time and runs the chaos on it until
# it is caught. Behind ./dev chaos --mutants; docs/chaos.md has the results.
#
# Works on a copy of the tree in build/chaos-mutants, so it disturbs nothing.
set -euo pipefail
. scripts/lib.sh

# What one mutant may cost.
max_seeds=5
seconds=100

patches=tests/chaos/mutants
work=$root/build/chaos-mutants
wanted=()

usage() {
  cat <<'TEXT'
usage: ./dev chaos --mutants [--seeds N] [--seconds S] [ID… | FILE.patch…]

Exit status: 0 every mutant was caught and every control passed, 1 not so, 64 bad usage, 65 a patch
that doesn't apply.
TEXT
}

while [ $# -gt 0 ]; do
  case $1 in
    --seeds) max_seeds=$2 && shift ;;
    --seconds) seconds=$2 && shift ;;
    --help) usage && exit 0 ;;
    -*) usage >&2 && exit 64 ;;
    *) wanted+=("$1") ;;
  esac
  shift
done

patch_of() {
  [ -f "$1" ] && { echo "$1"; return; }
  local found=("$patches/$1"-*.patch)
  [ -f "${found[0]}" ] || { say "there is no mutant '$1' in $patches/"; exit 64; }
  echo "${found[0]}"
}

apply() { patch -p1 -F0 -d "$work/src" --batch --forward --no-backup-if-mismatch "$@" >"$work/patch.log" 2>&1; }

# The tree as it is, committed or not; only what differs is written, so that little is compiled.
mkdir -p "$work/src"
git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' file; do
  [ -f "$file" ] || continue
  cmp -s "$file" "$work/src/$file" || { mkdir -p "$work/src/$(dirname "$file")" && cp "$file" "$work/src/$file"; }
done

files=()
if [ ${#wanted[@]} -eq 0 ]; then files=("$patches"/*.patch); else for id in "${wanted[@]}"; do files+=("$(patch_of "$id")"); done; fi

compile release confman-chaos confman
build_mutant() {
  export CCACHE_BASEDIR=$work/src
  [ -f "$work/build/build.ninja" ] || cmake -S "$work/src" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
  ninja -C "$work/build" -j "$jobs" confmand confman >"$work/build.log" 2>&1
}

# attack NAME: the line of its result; true if something was found.
attack() {
  local seed out=$work/runs/$1 found
  for ((seed = 1; seed <= max_seeds; seed++)); do
    "$build/bin/confman-chaos" --seed "$seed" --seconds "$seconds" --programs "$work/build/bin" \
      --report "$out" >"$out.$seed.log" 2>&1 && continue
    found=$(grep -o '^VIOLATION [a-z_]*' "$out.$seed.log" | sort | uniq -c | sort -rn | awk '{print $3}' | head -n 3 | paste -sd ' ')
    echo "caught with seed $seed: ${found:-no violation named}"
    return 0
  done
  echo "not caught by $max_seeds seeds"
  return 1
}

mkdir -p "$work/runs"
wrong=0
for file in "${files[@]}"; do
  name=$(basename "$file" .patch)
  apply <"$file" || { say "$file doesn't apply" && exit 65; }
  build_mutant || { say "$name doesn't compile; see $work/build.log" && exit 65; }
  kind=$(head -n 1 "$file" | cut -d: -f1)
  rm -rf "${work:?}/runs/$name"
  if result=$(attack "$name"); then caught=yes; else caught=no; fi
  printf '%-34s %-8s %s\n' "$name" "$kind" "$result"
  if [ "$kind" = Control ]; then [ "$caught" = no ] || wrong=1; else [ "$caught" = yes ] || wrong=1; fi
  patch -p1 -R -d "$work/src" --batch --no-backup-if-mismatch <"$file" >/dev/null
done
exit $wrong
