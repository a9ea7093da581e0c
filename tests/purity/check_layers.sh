#!/usr/bin/env bash
# check_layers.sh ROOT: the code of ROOT includes along the arrows of its docs/architecture.md, and
# along all of them; and they lead in no circle.
#
# An arrow stands there in a fence named "layers": FOLDER → FOLDER <package> …, with "*" for
# everything. A file belongs to the longest folder that is drawn (which may be the file itself).
# Headers of the system, of C and of C++ need no arrow.
set -euo pipefail
cd "$1"

ARROWS=$(awk '/^```layers$/ {on = 1; next} /^```/ {on = 0} on' docs/architecture.md)
export ARROWS
wrong=$(grep -rnE --include='*.hpp' --include='*.cpp' --exclude-dir=build '^ *# *include' -- * | awk '
  function folder_of(path) {
    while (!(path in drawn)) if (!sub(/\/[^\/]*$/, "", path)) return ""
    return path
  }
  function package_of(header) {  # "": of the system or the language
    if (header ~ /^(sys|net|netinet|arpa|linux)\//) return ""
    if (header in packages) return packages[header]
    if (header !~ /\//) return ""
    sub(/\/.*/, "", header)
    return "<" header ">"
  }
  BEGIN {
    lines = split(ENVIRON["ARROWS"], line, "\n")
    if (lines == 0) print "no arrow is drawn"
    for (i = 1; i <= lines; ++i) {
      if (line[i] == "") continue
      if (split(line[i], side, / *→ */) != 2) { print "no arrow: " line[i]; continue }
      drawn[side[1]] = 1
      count = split(side[2], target, / +/)
      for (j = 1; j <= count; ++j) {
        arrow[side[1] " → " target[j]] = 1
        if (target[j] !~ /^<.*>$|^\*$/) drawn[target[j]] = 1
        else packages[substr(target[j], 2, length(target[j]) - 2)] = target[j]
      }
    }
  }
  {
    at = $0
    sub(/: *#.*/, "", at)
    file = at
    sub(/:[0-9]+$/, "", file)
    from = folder_of(file)
    header = $0
    sub(/^[^"<]*["<]/, "", header)
    sub(/[">].*/, "", header)
    to = $0 ~ /include *"/ ? folder_of(header) : package_of(header)
    if (from == "") print at ": " file " is in no folder that is drawn"
    else if (to == "" && $0 ~ /include *"/) print at ": " header " is in no folder that is drawn"
    else if (to == "" || to == from) next
    else if ((from " → " to) in arrow) used[from " → " to] = 1
    else if (!((from " → *") in arrow)) print at ": no arrow " from " → " to
  }
  END {
    for (a in arrow) if (!(a in used) && a !~ /\*$/) print "nothing goes along the arrow " a
  }' | sort)

circle=$(awk -F ' *→ *' '{count = split($2, target, / +/)
                          for (i = 1; i <= count; ++i) print $1, target[i]}' <<<"$ARROWS" |
  tsort 2>&1 >/dev/null | sed 's/^tsort: *//' || true)

if [ -n "$wrong$circle" ]; then
  printf 'not as docs/architecture.md draws it:\n%s\n%s\n' "$wrong" "$circle"
  exit 1
fi
