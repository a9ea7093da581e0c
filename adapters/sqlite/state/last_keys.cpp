#include "adapters/sqlite/state/last_keys.hpp"

#include <utility>

namespace confman::sqlite {
namespace {

using domain::Table;

// These two share a tree in a generation, and come in no order.
bool keeps(Table table) {
  return table != Table::Entry && table != Table::Version;
}

void raise(std::optional<Bytes>& last, Table table, const Generation& generation) {
  const auto& rows = generation.of(table);
  if (!rows.empty() && (!last || *last < rows.rbegin()->first)) last = Bytes(rows.rbegin()->first);
}

}  // namespace

bool LastKeys::may_have(Table table, ByteView from, TableReader& reader, const Generation* frozen) {
  if (!keeps(table)) return true;
  auto& last = last_[static_cast<std::size_t>(table)];
  if (!last) {
    auto stored = reader.scan_backwards(table, {}, {});
    last.emplace();
    if (stored.next()) *last = Bytes(stored.key());
    if (frozen != nullptr) raise(*last, table, *frozen);
  }
  return *last && from <= **last;
}

// Rows that go meanwhile leave the last key too high, which costs a look.
void LastKeys::note(const Generation& frozen) {
  for (std::size_t i = 0; i < last_.size(); ++i) {
    const auto table = static_cast<Table>(i);
    if (last_[i] && keeps(table)) raise(*last_[i], table, frozen);
  }
}

}  // namespace confman::sqlite
