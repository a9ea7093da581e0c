# Shared by the scripts behind ./dev.

root=$PWD
build=build/release
jobs=$(nproc)

# Compiled objects are found again by a clone in another folder.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

say() { printf '%s\n' "$*" >&2; }
die() { say "dev: $*"; exit 1; }

# install KIND…: the Debian packages of these kinds (scripts/packages.txt) that are missing.
install() {
  local missing=() kind name command
  while read -r kind name command; do
    [[ " $* " == *" $kind "* ]] || continue
    [ -n "$command" ] && command -v "$command" >/dev/null && continue
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done < <(grep -v '^#' scripts/packages.txt)
  [ ${#missing[@]} -eq 0 ] && return
  say "installing: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# configure PRESET
configure() {
  [ -f "build/$1/build.ninja" ] || cmake --preset "$1" >/dev/null
}

# compile PRESET [TARGET…]
compile() {
  local preset=$1
  shift
  configure "$preset"
  ninja -C "build/$preset" -j "$jobs" "$@" >&2
}
