#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

// Moments whose state somebody needs: a restore point its own, an open request the one it was
// opened at or the oldest that it goes back to. Versions that were live at the oldest of them or
// later aren't pruned, of no entry: simple, and safe.
namespace confman::domain {

class StateWriter;

inline constexpr std::size_t kMaxHolderBytes = 96;

namespace keys {

struct HeldIndexKey {
  std::uint64_t index{};
  std::string_view holder;  // "request/17", "restore-point/before-sale"

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("log_index", key.index);
    visit("holder", key.holder);
  }
};

}  // namespace keys

struct HeldIndexTable {
  static constexpr Table kTable = Table::HeldIndex;
  static constexpr const char* kName = "held_indexes";
  static constexpr bool kDerived = false;
  using Key = keys::HeldIndexKey;
  using Row = KeyAlone;
  static bool fits(const Key& key, const Row&) { return key.holder.size() <= kMaxHolderBytes; }
};

// UINT64_MAX: none.
std::uint64_t oldest_held_index(const StateStore&);
// 0 is no moment: nothing is written.
void hold_index(StateWriter&, std::uint64_t index, std::string_view holder);
void let_index_go(StateWriter&, std::uint64_t index, std::string_view holder);

}  // namespace confman::domain
