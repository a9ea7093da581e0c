#!/usr/bin/env bash
# The kill matrix: builds the simulator with one fault at a time and counts the seeds until it is
# caught. Behind ./dev mutants. docs/mutants.md explains it and has the results.
#
# Works on a copy of the working tree in build/mutants, so it disturbs no other build and nothing in
# the tree; may be interrupted at any time.
set -euo pipefail
. scripts/lib.sh

export LC_ALL=C

# What one attack, with one profile on one range of seeds, may cost. Whichever is used up first ends
# it.
max_seeds=300
max_seconds=120
# Each range is gone through in rounds: all profiles in turn with so many seeds each, then with so
# many, then with all. What is counted is the seeds of all of them until the first that kills.
rounds=(25 100)
# A single seed that takes longer than this doesn't end.
stall_seconds=60
# Disjoint ranges in a full run; the median of them is reported. With --only and --patch: one.
ranges=5
range_stride=1000000
profiles=(default members damage lease figure8 disk snapshot partition election clocks chaos beyond access review keep)

work=$root/build/mutants
results=$work/results.csv
columns=id,kind,assertions,verdict,detectors,profiles,median_or_total_seeds,seeds,seconds
columns+=,build_seconds
patches=tests/mutants
assertions=off
storage=model
jobs=$((jobs < 2 ? jobs : 2))

usage() {
  cat <<'TEXT'
usage: ./dev mutants [--only ID[,ID…]] [--patch FILE] [--assertions on|off] [--ranges N]
                     [--seeds N] [--seconds S] [--profiles P[,P…]] [--commit REV]
                     [--storage model|sqlite]
       ./dev mutants --stores [ID…]   those of the real stores (scripts/store_mutants.sh)
       ./dev mutants --table     write the results into docs/mutants.md
       ./dev mutants --list

--commit takes the sources of that commit instead of the working tree's.
--storage sqlite attacks with production's stores under the simulated nodes; its results don't go
into the tables.
Without --only and --patch every patch of tests/mutants/ is tried, mutants first, then controls.
Exit status: 0 every mutant killed and every control survived, 1 not so, 64 bad usage, 65 a patch
that doesn't apply.
TEXT
}

misused() {
  say "dev mutants: $*"
  usage >&2
  exit 64
}

number() { [[ $2 =~ ^[1-9][0-9]*$ ]] || misused "$1 takes a number above 0, not '$2'"; }

# --- patches

id_of() {
  local name=${1##*/}
  name=${name%.patch}
  printf '%s' "${name%%-*}"
}
kind_of() { if head -n 1 "$1" | grep -q '^Control'; then echo control; else echo mutant; fi; }
sentence_of() { sed -n '1s/^[^:]*: //p' "$1"; }
files_of() { sed -n 's,^\(---\|+++\) [ab]/\([^[:space:]]*\).*,\2,p' "$1" | sort -u; }

all_patches() {
  local patch
  for patch in "$patches"/*.patch; do [ "$(kind_of "$patch")" = mutant ] && echo "$patch"; done
  for patch in "$patches"/*.patch; do [ "$(kind_of "$patch")" = control ] && echo "$patch"; done
  return 0
}

patch_of() {
  local found=("$patches/$1"-*.patch)
  [ -f "${found[0]}" ] || misused "there is no mutant '$1' in $patches/"
  echo "${found[0]}"
}

# --- the copy

# pristine: the working tree as it was when we began. src: the same with one patch applied.
take_sources() {
  local list=$work/files file
  mkdir -p "$work/pristine" "$work/src" "$work/scratch"
  if [ -n "$commit" ]; then
    git ls-tree -r --name-only "$commit" | sort >"$list"
  else
    git ls-files --cached --others --exclude-standard | sort -u | while read -r file; do
      [ ! -f "$file" ] || printf '%s\n' "$file"
    done >"$list"
  fi
  (cd "$work/pristine" && find . -type f -printf '%P\n' | sort) | comm -23 - "$list" |
    while read -r file; do rm -f "$work/pristine/$file"; done
  if [ -n "$commit" ]; then
    git archive "$commit" | tar -x -m -C "$work/pristine"
  else
    xargs -d '\n' cp --parents --update -t "$work/pristine" <"$list"
  fi
  # Only what differs, so that a second run compiles little.
  diff -rq "$work/pristine" "$work/src" >"$work/differences" || true
  sed -n "s,^Only in $work/src\(/\?\)\(.*\): ,\2/,p" "$work/differences" |
    while read -r file; do rm -rf "$work/src/${file#/}"; done
  (cd "$work/pristine" && find . -type f -printf '%P\n') | while read -r file; do
    [ -f "$work/src/$file" ] || echo "$file"
  done >"$work/stale"
  sed -n "s,^Files $work/pristine/\(.*\) and .* differ\$,\1,p" "$work/differences" >>"$work/stale"
  (cd "$work/pristine" && xargs -r -d '\n' cp --parents -t "$work/src") <"$work/stale"
}

# Without fuzz: where the lines around have changed, a patch may be put where it means another thing
# or none.
apply() { # PATCH [--dry-run]
  patch -p1 -F0 -d "$work/src" --batch --forward --no-backup-if-mismatch "${@:2}" \
    >"$work/patch.log" 2>&1 <"$1"
}
explain_refusal() {
  say "$1 does not apply to this tree:"
  sed 's/^/  /' "$work/patch.log" >&2
}

restore() {
  local file
  files_of "$1" | while read -r file; do
    if [ -f "$work/pristine/$file" ]; then
      cp "$work/pristine/$file" "$work/src/$file" # new time stamp: it must be built again
    else
      rm -f "$work/src/$file"
    fi
  done
}

# What is built, and what results are kept under: with the stores it is another program.
mode() { if [ "$storage" = sqlite ]; then echo "$assertions-sqlite"; else echo "$assertions"; fi; }

compile_simulator() {
  local build switch=ON sim_only=ON
  build=$work/$(mode)
  [ "$assertions" = on ] || switch=OFF
  [ "$storage" = model ] || sim_only=OFF
  if [ ! -f "$build/build.ninja" ]; then
    cmake -S "$work/src" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCONFMAN_SIM_ONLY=$sim_only \
      -DCONFMAN_ASSERTIONS=$switch >"$work/build.log" 2>&1 || return 1
  fi
  ninja -C "$build" -j "$jobs" confman-sim >"$work/build.log" 2>&1
}

# --- attacks

never=999999 # in a list of counts: not within the budget
simulator=
stop_simulator() {
  [ -n "$simulator" ] && kill "$simulator" 2>/dev/null
  simulator=
  return 0
}
trap stop_simulator EXIT

# attack FIRST SEEDS PROFILE: runs seeds in order until one fails. Sets `detector` (empty: nobody
# noticed) and `seen`, the number of seeds run, the failing one included.
attack() {
  local first=$1 last=$(($1 + $2 - 1)) line status=0 pipe=$work/scratch/lines
  detector=
  failure=
  failed_seed=
  seen=0
  rm -f "$pipe"
  mkfifo "$pipe"
  (
    cd "$work/scratch"
    ulimit -c 0 -v 6000000
    exec timeout "$max_seconds" "$work/$(mode)/bin/confman-sim" run --seeds "$first..$last" \
      --profile "$3" --storage "$storage" --jobs "$jobs" --verbose --record-to none >"$pipe" 2>/dev/null
  ) &
  simulator=$!
  exec {lines}<"$pipe"
  while true; do
    status=0
    read -r -t "$stall_seconds" line <&"$lines" || status=$?
    if [ "$status" -gt 128 ]; then
      seen=$((seen + 1))
      detector='no-end'
    elif [ "$status" -ne 0 ]; then
      break
    elif [[ $line =~ ^seed\ ([0-9]+)\ profile\ [a-z0-9]+\ FAILED\ ([a-z]+)\ ([^:]+): ]]; then
      seen=$((BASH_REMATCH[1] - first + 1))
      detector=${BASH_REMATCH[3]}
      failed_seed=${BASH_REMATCH[1]}
      failure=${line#*FAILED }
    elif [[ $line =~ ^seed\ ([0-9]+)\ ok ]]; then
      seen=$((BASH_REMATCH[1] - first + 1))
    fi
    [ -z "$detector" ] || break
  done
  exec {lines}<&-
  if [ -n "$detector" ]; then
    kill "$simulator" 2>/dev/null || true
    wait "$simulator" 2>/dev/null || true
  else
    status=0
    wait "$simulator" 2>/dev/null || status=$?
    # 0: all seeds passed; 124: out of time; above 128: killed by a signal.
    if [ "$status" -gt 128 ]; then
      seen=$((seen + 1))
      detector="process-died-$status"
    elif [ "$status" -ne 0 ] && [ "$status" -ne 124 ]; then
      die "the simulator ended with status $status and named no failure"
    fi
  fi
  simulator=
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

# how_soon UNIT COUNT…: "23 seeds", or "1234 seeds in 1 of 3 ranges" where most saw no kill.
how_soon() {
  local unit=$1 middle some=() count
  shift
  middle=$(median "$@")
  if [ "$middle" != "$never" ]; then
    echo "$middle$unit"
    return
  fi
  for count; do [ "$count" = "$never" ] || some+=("$count"); done
  echo "$(median "${some[@]}")$unit in ${#some[@]} of $# ranges"
}

# try_range NUMBER: sets `detector` (empty: nobody noticed), `count`, the seeds run, and `with`, the
# profile that killed.
try_range() {
  local first=$(($1 * range_stride + 1)) most profile
  local -A done=()
  count=0
  for most in "${rounds[@]}" "$max_seeds"; do
    for profile in "${profiles[@]}"; do
      local from=${done[$profile]:-0}
      [ "$most" -le "$max_seeds" ] && [ "$from" -lt "$most" ] || continue
      attack $((first + from)) $((most - from)) "$profile"
      count=$((count + seen))
      done[$profile]=$most
      with=$profile
      [ -z "$detector" ] || return 0
    done
  done
}

# try PATCH: sets `verdict` (killed, survived, unbuilt) and prints how it went.
try() {
  local patch=$1 id kind begin=$SECONDS r count with
  local counts=() by='' where='' total=0
  id=$(id_of "$patch")
  kind=$(kind_of "$patch")
  if ! apply "$patch"; then
    explain_refusal "$patch"
    restore "$patch"
    exit 65
  fi
  if ! compile_simulator; then
    verdict=unbuilt
    last_line='not tried: it does not compile'
    say "$id does not compile:"
    grep -m 5 'error' "$work/build.log" >&2 || tail -n 5 "$work/build.log" >&2
    restore "$patch"
    return
  fi
  local built=$SECONDS
  for ((r = 0; r < ranges; ++r)); do
    try_range "$r"
    total=$((total + count))
    if [ -z "$detector" ]; then
      counts+=("$never")
      # Whatever outlives a whole range of all profiles is given one more.
      [ -n "$by" ] || [ "$r" -eq 0 ] || break
      continue
    fi
    [ -n "$by" ] || echo "  $id: ${failure:-$detector} (seed ${failed_seed:-?}, profile $with)"
    counts+=("$count")
    [[ "+$by+" == *"+$detector+"* ]] || by+=${by:++}$detector
    [[ "+$where+" == *"+$with+"* ]] || where+=${where:++}$with
  done
  restore "$patch"
  verdict=survived
  local middle=
  if [ -n "$by" ]; then
    verdict=killed
    middle=$(median "${counts[@]}")
  fi
  local seconds=$((SECONDS - built))
  record "$id,$kind,$(mode),$verdict,$by,$where,${middle:-$total},${counts[*]},$seconds" \
    "$((built - begin))"
  if [ "$verdict" = killed ]; then
    last_line="killed by $by after $(how_soon ' seeds' "${counts[@]}") (${where//+/, })"
  else
    last_line="survived $total seeds in $seconds s"
  fi
  echo "$id $kind: $last_line"
}

# record ROW BUILD_SECONDS: replaces what an earlier run had found.
record() {
  local id kind
  IFS=, read -r id kind _ <<<"$1"
  [ -f "$results" ] || echo "$columns" >"$results"
  grep -v "^$id,$kind,$(mode)," "$results" >"$results.new" || true
  echo "$1,$2" >>"$results.new"
  mv "$results.new" "$results"
}

# --- the table

cell() { # ID ASSERTIONS → "detector | median" of the kill matrix
  local row
  row=$(grep -E "^$1,[a-z]+,$2," "$results" 2>/dev/null | tail -n 1) || true
  [ -n "$row" ] || { echo '| | '; return; }
  local verdict by with middle counts seconds
  IFS=, read -r _ _ _ verdict by with middle counts seconds _ <<<"$row"
  if [ "$verdict" = killed ]; then
    read -r -a counts <<<"$counts"
    echo "${by//+/, } | $(how_soon '' "${counts[@]}") (${with//+/, }) | $seconds s"
  else
    echo "**survived** | more than $middle | $seconds s"
  fi
}

table() {
  local kind=$1 patch id
  echo '| Id | Fault | Caught by | Median seeds to kill | Time |'
  echo '|---|---|---|---|---|'
  for patch in $(all_patches); do
    [ "$(kind_of "$patch")" = "$kind" ] || continue
    id=$(id_of "$patch")
    echo "| [$id](../$patch) | $(sentence_of "$patch") | $(cell "$id" "$assertions") |"
  done
}

write_table() {
  local doc=docs/mutants.md kind
  for kind in mutant control; do
    table "$kind" >"$work/$kind.table"
    sed -i -e "/^<!-- ${kind}s $assertions -->/,/^<!-- end -->/{
      /^<!-- ${kind}s $assertions -->/{p
      r $work/$kind.table
      }
      /^<!-- end -->/p
      d
    }" "$doc"
  done
}

# --- main

only=()
given=
commit=
ranges_given=
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --list)
      for patch in $(all_patches); do
        echo "$(id_of "$patch") $(kind_of "$patch"): $(sentence_of "$patch")"
      done
      exit 0
      ;;
    --table) mkdir -p "$work" && write_table && exit 0 ;;
    --only | --patch | --assertions | --storage | --ranges | --seeds | --seconds | --profiles | \
      --commit)
      [ $# -gt 1 ] || misused "$1 needs a value"
      case $1 in
        --only) IFS=, read -r -a only <<<"$2" ;;
        --patch) given=$2 ;;
        --assertions)
          [[ $2 == on || $2 == off ]] || misused "--assertions takes on or off, not '$2'"
          assertions=$2
          ;;
        --storage)
          [[ $2 == model || $2 == sqlite ]] || misused "--storage takes model or sqlite, not '$2'"
          storage=$2
          ;;
        --ranges) number "$1" "$2" && ranges=$2 && ranges_given=1 ;;
        --seeds) number "$1" "$2" && max_seeds=$2 ;;
        --seconds) number "$1" "$2" && max_seconds=$2 ;;
        --commit)
          git rev-parse --quiet --verify "$2^{commit}" >/dev/null ||
            misused "there is no commit '$2'"
          commit=$2
          ;;
        --profiles) IFS=, read -r -a profiles <<<"$2" ;;
      esac
      shift
      ;;
    *) misused "unknown option '$1'" ;;
  esac
  shift
done

chosen=()
if [ -n "$given" ]; then
  # ./dev went to the root of the repository; the name may be relative to where it was called.
  [ -r "$given" ] || [ ! -r "${OLDPWD:-.}/$given" ] || given=$OLDPWD/$given
  [ -r "$given" ] || misused "can't read '$given'"
  chosen=("$given")
else
  for id in "${only[@]}"; do chosen+=("$(patch_of "$id")"); done
fi
one_by_one=1
if [ ${#chosen[@]} -eq 0 ]; then
  one_by_one=
  readarray -t chosen < <(all_patches)
fi
if [ -n "$one_by_one" ] && [ -z "$ranges_given" ]; then ranges=1; fi

install build test
mkdir -p "$work"
exec {lock}>"$work/lock"
flock -n "$lock" || die "another run of the mutants is under way (build/mutants/lock)"
take_sources

status=0
for patch in "${chosen[@]}"; do
  apply "$patch" --dry-run && continue
  explain_refusal "$patch"
  status=65
done
[ "$status" -eq 0 ] || exit "$status"

if [ -z "$one_by_one" ]; then
  if ! compile_simulator; then
    tail -n 20 "$work/build.log" >&2
    die "without any mutant the simulator does not compile"
  fi
  attack 1 "$max_seeds" "${profiles[0]}"
  [ -z "$detector" ] || die "without any mutant seed $failed_seed fails already: $failure"
  echo "no mutant: survived $seen seeds"
fi
declare -A tried=() right=([mutant]=0 [control]=0)
unbuilt=()
for patch in "${chosen[@]}"; do
  try "$patch"
  kind=$(kind_of "$patch")
  expected=killed
  [ "$kind" = control ] && expected=survived
  tried[$kind]=$((${tried[$kind]:-0} + 1))
  if [ "$verdict" = "$expected" ]; then right[$kind]=$((right[$kind] + 1)); else status=1; fi
  [ "$verdict" != unbuilt ] || unbuilt+=("$(id_of "$patch")")
done
if [ -n "$one_by_one" ] && [ ${#chosen[@]} -eq 1 ]; then
  echo "$last_line"
else
  echo "${right[mutant]} of ${tried[mutant]:-0} mutants killed," \
    "${right[control]} of ${tried[control]:-0} controls survived"
  [ ${#unbuilt[@]} -eq 0 ] || echo "not tried, because they don't compile: ${unbuilt[*]}"
fi
exit "$status"
