#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/model/path.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

// Work that is too much for one log entry, and so is done a step at a time: each step is a command
// that the leader proposes when its time has come (DoChore). Where it has got to stands in the row
// that it is for; a change of leaders changes nothing.
namespace confman::domain {

class StateWriter;

// The numbers are on disk.
enum class ChoreKind : std::uint8_t {
  CountQuota = 1,     // what is used of a quota (quotas/quota.hpp)
  PruneVersions = 2,  // what retention lets go (retention/retention.hpp)
};
inline constexpr ChoreKind kLastChoreKind = ChoreKind::PruneVersions;

namespace keys {

struct ChoreKey {
  std::int64_t at_ms{};  // of log time; 0: at once
  std::uint64_t kind{};
  std::string_view path;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("at_ms", key.at_ms);
    visit("kind", key.kind);
    visit("path", key.path);
  }
};

}  // namespace keys

struct ChoreTable {
  static constexpr Table kTable = Table::Chore;
  static constexpr const char* kName = "chores";
  static constexpr bool kDerived = false;
  using Key = keys::ChoreKey;
  using Row = KeyAlone;
  static bool fits(const Key& key, const Row&) {
    return key.kind >= 1 && key.kind <= static_cast<std::uint64_t>(kLastChoreKind) &&
           check_path(key.path).has_value();
  }
};

struct Chore {
  std::int64_t at_ms{};
  ChoreKind kind{};
  std::string path;

  friend bool operator==(const Chore&, const Chore&) = default;
};
// The first that is to be done.
std::optional<Chore> first_chore(const StateStore&);
bool has_chore(const StateStore&, const Chore&);
// It isn't there.
void add_chore(StateWriter&, const Chore&);
// It is there.
void remove_chore(StateWriter&, const Chore&);

}  // namespace confman::domain
