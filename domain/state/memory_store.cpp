#include "domain/state/memory_store.hpp"

#include <utility>

namespace confman::domain {

std::optional<Bytes> MemoryStateStore::get(Table table, ByteView key) const {
  const auto row = rows(table).find(key);
  if (row == rows(table).end()) return std::nullopt;
  return row->second;
}

// What is erased is gone at once: there is nothing to pass.
void MemoryStateStore::scan(Table table, ByteView from, ByteView to, const Visitor& visit,
                            const Passer&) const {
  const Rows& all = rows(table);
  for (auto row = all.lower_bound(from); row != all.end(); ++row) {
    if (!to.empty() && row->first >= to) return;
    if (!visit(row->first, row->second)) return;
  }
}

void MemoryStateStore::scan_backwards(Table table, ByteView from, ByteView to,
                                      const Visitor& visit) const {
  const Rows& all = rows(table);
  auto behind = to.empty() ? all.end() : all.lower_bound(to);
  while (behind != all.begin()) {
    --behind;
    if (behind->first < from || !visit(behind->first, behind->second)) return;
  }
}

void MemoryStateStore::put(Table table, ByteView key, ByteView value) {
  Rows& all = rows(table);
  const auto row = all.lower_bound(key);
  if (row != all.end() && row->first == key) {
    row->second.assign(value);
  } else {
    all.emplace_hint(row, key, value);
  }
}

std::optional<Bytes> MemoryStateStore::exchange(Table table, ByteView key, ByteView value) {
  Rows& all = rows(table);
  const auto row = all.lower_bound(key);
  if (row != all.end() && row->first == key) return std::exchange(row->second, Bytes(value));
  all.emplace_hint(row, key, value);
  return std::nullopt;
}

void MemoryStateStore::erase(Table table, ByteView key) {
  Rows& all = rows(table);
  const auto row = all.find(key);
  if (row != all.end()) all.erase(row);
}

}  // namespace confman::domain
