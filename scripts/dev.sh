#!/usr/bin/env bash
# Behind ./dev. Runs in the root of the repository.
set -euo pipefail
. scripts/lib.sh

help() {
  cat <<'TEXT'
usage: ./dev COMMAND

  up [--detach]   install what is missing, build, start three nodes on 127.0.0.1:8101–8103
  down            stop them (their data stays under .local/)
  build           install what is missing, build everything (release)
  test [FOLDER…]  install, build, run every test, or those of some folders of tests/: ./dev test domain
  sim …           run the simulator: ./dev sim run --seeds 1..100
  bench …         run the benchmarks: ./dev bench compare
  chaos …         run real nodes under a schedule of faults: ./dev chaos --seconds 120
  mutants …       run the kill matrix: ./dev mutants [--only ID] [--patch FILE]
  lint            formatting and clang-tidy
  fuzz [NAME] [SECONDS]   run one fuzz target, or each in turn
  coverage        line and branch coverage of domain and consensus by the tests
TEXT
}

command=${1:-help}
[ $# -gt 0 ] && shift
case $command in
  up) exec scripts/up.sh "$@" ;;
  down) exec scripts/up.sh --down ;;
  build)
    install build test
    compile release
    ;;
  test) exec scripts/test.sh "$@" ;;
  sim)
    install build
    compile release confman-sim
    exec "$build/bin/confman-sim" "$@"
    ;;
  bench)
    if [ "${1:-}" = schema ]; then
      install build test more
      cmake --preset release >/dev/null
      compile release confman-schema-bench
      exec bench/schema/run.sh "$build/bin/confman-schema-bench" "$build/bench/schema/ajv" "${@:2}"
    fi
    install build more
    compile release confman-bench confmand
    exec "$build/bin/confman-bench" "$@"
    ;;
  chaos)
    install build test
    if [ "${1:-}" = --mutants ]; then exec scripts/chaos_mutants.sh "${@:2}"; fi
    compile release confman-chaos
    exec "$build/bin/confman-chaos" "$@"
    ;;
  mutants)
    if [ "${1:-}" = --stores ]; then exec scripts/store_mutants.sh "${@:2}"; fi
    exec scripts/mutants.sh "$@"
    ;;
  lint) exec scripts/lint.sh "$@" ;;
  fuzz) exec scripts/fuzz.sh "$@" ;;
  coverage) exec scripts/coverage.sh "$@" ;;
  help | --help | -h) help ;;
  *)
    help >&2
    die "there is no command '$command'"
    ;;
esac
