#!/usr/bin/env bash
# Three nodes on this machine, for development: open to everybody on loopback.
#   up.sh [--detach]   start those that aren't running; without --detach, stay until Ctrl-C
#   up.sh --down       stop them
set -euo pipefail
. scripts/lib.sh

nodes="1 2 3"
home=.local
stop_seconds=15

pid_of() { cat "$home/node$1/pid" 2>/dev/null || true; }
# By its command line: a number in a file may be another process's by now, and /proc/<pid>/exe names
# the linker's temporary file on some file systems.
running() {
  local pid command=()
  pid=$(pid_of "$1")
  [ -n "$pid" ] || return 1
  mapfile -d '' -t command 2>/dev/null < "/proc/$pid/cmdline" || return 1
  [ "${command[*]}" = "$build/bin/confmand --config $home/node$1/confman.yaml" ]
}

# One key for the three of them, as all nodes of a cluster need the same.
write_key() {
  [ -f "$home/master.keys" ] && return
  mkdir -p "$home"
  (umask 077 && printf 'dev %s\n' "$(head -c 32 /dev/urandom | base64)" > "$home/master.keys")
}

write_config() {
  mkdir -p "$home/node$1"
  cat > "$home/node$1/confman.yaml" <<YAML
node:
  id: node$1
  data_dir: $root/$home/node$1/data
cluster:
  name: local
  members:
    - { id: node1, peer: "127.0.0.1:8201", api: "127.0.0.1:8101" }
    - { id: node2, peer: "127.0.0.1:8202", api: "127.0.0.1:8102" }
    - { id: node3, peer: "127.0.0.1:8203", api: "127.0.0.1:8103" }
secrets:
  master_keys: $root/$home/master.keys
dev:
  open: true
YAML
}

start() {
  running "$1" && return
  [ -f "$home/node$1/confman.yaml" ] || { write_key && write_config "$1"; }
  setsid nohup "$build/bin/confmand" --config "$home/node$1/confman.yaml" >> "$home/node$1/log" 2>&1 < /dev/null &
  echo $! > "$home/node$1/pid"
}

stop_all() {
  local n deadline=$((SECONDS + stop_seconds))
  for n in $nodes; do running "$n" && kill "$(pid_of "$n")" || true; done
  for n in $nodes; do
    while running "$n"; do
      [ $SECONDS -lt $deadline ] || { kill -9 "$(pid_of "$n")" || true; break; }
      sleep 0.1
    done
  done
}

await_ready() {
  local n deadline=$((SECONDS + 30))
  for n in $nodes; do
    until curl -fsS -o /dev/null "http://127.0.0.1:810$n/health/ready" 2>/dev/null; do
      if ! running "$n"; then
        tail -n 5 "$home/node$n/log" >&2
        die "node$n has stopped; its log is $home/node$n/log"
      fi
      [ $SECONDS -lt $deadline ] || die "node$n isn't ready after 30 s; its log is $home/node$n/log"
      sleep 0.1
    done
  done
}

if [ "${1:-}" = --down ]; then
  stop_all
  exit 0
fi
[ $# -eq 0 ] || [ "$1" = --detach ] || die "up takes --detach or nothing"

install build
compile release confmand confman
for n in $nodes; do start "$n"; done
await_ready
cat <<TEXT
Three nodes are up, in development mode: open to everybody on this machine.

  http://127.0.0.1:8101   http://127.0.0.1:8102   http://127.0.0.1:8103

Write at one and read at another:

  curl -X PUT -H 'Content-Type: application/json' -d '{}' http://127.0.0.1:8101/api/v1/namespaces/demo
  curl -X PUT -H 'Content-Type: application/json' -d '{"rate": 1000}' http://127.0.0.1:8101/api/v1/config/demo/limits
  curl -i http://127.0.0.1:8102/api/v1/config/demo/limits

Logs are in $home/node1/log and so on.
TEXT
if [ "${1:-}" != --detach ]; then
  trap 'stop_all; exit 0' INT TERM
  echo "Ctrl-C stops them."
  while :; do sleep 1; done
fi
