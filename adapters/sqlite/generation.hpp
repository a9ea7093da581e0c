#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>

#include "domain/state_store.hpp"

namespace confman::sqlite {

// What was written to the state since some command boundary, in table and key order; an empty value
// slot is an erased row. Rewrites of a key coalesce.
struct Generation {
  using Rows = std::map<Bytes, std::optional<Bytes>, std::less<>>;

  std::array<Rows, domain::kTableCount> tables;
  std::size_t bytes = 0;  // of memory, roughly

  const Rows& of(domain::Table table) const { return tables[static_cast<std::size_t>(table)]; }

  void set(domain::Table table, ByteView key, std::optional<Bytes> value) {
    // A tree node with two strings, and their allocations.
    constexpr std::size_t kRowOverhead = 160;
    auto& rows = tables[static_cast<std::size_t>(table)];
    auto at = rows.lower_bound(key);
    if (at == rows.end() || at->first != key) {
      at = rows.emplace_hint(at, Bytes(key), std::nullopt);
      bytes += kRowOverhead + key.size();
    }
    bytes += value ? value->size() : 0;
    bytes -= at->second ? at->second->size() : 0;
    at->second = std::move(value);
  }
};

}  // namespace confman::sqlite
