#!/usr/bin/env bash
# check_layers_test.sh: check_layers.sh takes a tree as it is drawn, and says of each other one what
# is wrong with it.
set -euo pipefail
check=$(cd "$(dirname "$0")" && pwd)/check_layers.sh
root=$(mktemp -d)
trap 'rm -r "$root"' EXIT
failed=0

# A tree that is as it is drawn.
plant() {
  rm -rf "${root:?}"/*
  mkdir -p "$root"/{docs,app/node,adapters/http/parts,domain/base,tests}
  cat >"$root/docs/architecture.md" <<'END'
# What there is
```layers
tests → *
adapters/http → app/node domain/base <Poco>

app/node → domain domain/base
domain → domain/base
```
END
  cat >"$root/tests/a_test.cpp" <<<'#include <gtest/gtest.h>'
  cat >"$root/adapters/http/parts/server.cpp" <<'END'
#include <Poco/Net/Socket.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include "adapters/http/parts/server.hpp"
#include "app/node/node.hpp"
#include "domain/base/time.hpp"
END
  printf '#include "%s"\n' domain/apply.hpp domain/base/time.hpp >"$root/app/node/node.hpp"
  echo '#include "domain/base/time.hpp"' >"$root/domain/apply.hpp"
  echo '#include <cstdint>' >"$root/domain/base/time.hpp"
}

# says WORDS: the check refuses the tree with exactly these words, or takes it if there are none.
says() {
  local said
  said=$("$check" "$root" 2>&1 | sed 1d | grep -v '^$' || true)
  if [ "$said" != "$1" ]; then
    printf 'expected: %s\nsaid:     %s\n' "$1" "$said"
    failed=1
  fi
  plant
}

plant
says ''

echo '#include "adapters/http/parts/server.hpp"' >>"$root/app/node/node.hpp"
says 'app/node/node.hpp:3: no arrow app/node → adapters/http'

echo '  #  include "domain/apply.hpp"' >>"$root/adapters/http/parts/server.cpp"
says 'adapters/http/parts/server.cpp:8: no arrow adapters/http → domain'

echo '#include "domain/apply.hpp"' >>"$root/domain/base/time.hpp"
says 'domain/base/time.hpp:2: no arrow domain/base → domain'

echo '#include <Poco/Exception.h>' >>"$root/domain/apply.hpp"
says 'domain/apply.hpp:2: no arrow domain → <Poco>'

echo '#include <boost/asio.hpp>' >>"$root/adapters/http/parts/server.cpp"
says 'adapters/http/parts/server.cpp:8: no arrow adapters/http → <boost>'

sed -i '/Poco/d' "$root/adapters/http/parts/server.cpp"
says 'nothing goes along the arrow adapters/http → <Poco>'

sed -i '/^domain →/d; s/→ domain domain/→ domain/' "$root/docs/architecture.md"
says 'app/node/node.hpp:1: domain/apply.hpp is in no folder that is drawn
domain/apply.hpp:1: domain/apply.hpp is in no folder that is drawn'

sed -i '/^app/d' "$root/docs/architecture.md"
says 'app/node/node.hpp:1: no arrow app/node → domain
app/node/node.hpp:2: no arrow app/node → domain/base'

sed -i 's/^```layers/```/' "$root/docs/architecture.md"
said=$("$check" "$root" || true)
[[ $said == *'no arrow is drawn'* ]] || { echo 'no picture is no fault'; failed=1; }
plant

echo '#include "app/node/node.hpp"' >>"$root/domain/apply.hpp"
sed -i 's/^domain →/domain → app\/node/' "$root/docs/architecture.md"
says '-: input contains a loop:
app/node
domain'

exit $failed
