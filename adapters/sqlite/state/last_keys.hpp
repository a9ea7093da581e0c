#pragma once

#include <array>
#include <optional>

#include "adapters/sqlite/state/generation.hpp"
#include "adapters/sqlite/state/tables.hpp"
#include "domain/base/bytes.hpp"
#include "domain/catalogue.hpp"

namespace confman::sqlite {

// The last key that each table of state.db may have, so that what lies behind it isn't looked for
// there: what belongs to a request, whose id is the log index it was made at, is nearly always
// asked for before any of it is in state.db; and a table may have no rows at all. One thread.
class LastKeys {
 public:
  // Whether there may be a row from that key on. `frozen`: what is on its way to state.db, or null.
  bool may_have(domain::Table table, ByteView from, TableReader& reader, const Generation* frozen);
  // It goes to state.db from now on.
  void note(const Generation& frozen);
  void clear() { last_ = {}; }

 private:
  // Inner nothing: there is no row. Outer: nobody has asked yet.
  std::array<std::optional<std::optional<Bytes>>, domain::kTableCount> last_;
};

}  // namespace confman::sqlite
