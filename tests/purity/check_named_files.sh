#!/usr/bin/env bash
# Comments and documents name files of this tree; each of them is there.
#   check_named_files.sh SOURCE_DIR
# A name counts if it has a folder (domain/model/path.hpp): from the top, or from a folder above the
# file that names it. Included ones are the compiler's business.
set -euo pipefail
cd "$1"

is_there() { # FILE NAME
  local folder=$1
  while [[ $folder == */* ]]; do
    folder=${folder%/*}
    [ -e "$folder/$2" ] && return 0
  done
  [ -e "$2" ]
}

lost=0
while IFS=: read -r file line text; do
  while [[ $text =~ [a-z_0-9./]+/[a-z_0-9]+\.(hpp|cpp|sh)(.*) ]]; do
    name=${BASH_REMATCH[0]%"${BASH_REMATCH[2]}"}
    text=${BASH_REMATCH[2]}
    [[ $name == [./]* ]] || is_there "$file" "$name" && continue
    echo "$file:$line names $name, which isn't there"
    lost=1
  done
done < <(grep -rnE '[a-z_]/[a-z_0-9]+\.(hpp|cpp|sh)\b' adapters app bench consensus domain sim tests \
  docs scripts README.md --include='*.hpp' --include='*.cpp' --include='*.md' --include='*.txt' \
  --exclude-dir=purity --exclude-dir=corpus | grep -vE '#include|boost/|https?://')
exit $lost
