#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/operation.hpp"

// A config entry as clients see it: a value with a version. Versions are 1, 2, 3…; a deletion takes
// one too and leaves the entry absent, so the version of a live entry is the newest one taken.
namespace confman::sim {

// The answer did not tell the version.
inline constexpr std::uint64_t kVersionNotTold = UINT64_MAX;

struct Precondition {
  enum class Kind : std::uint8_t { None, IfVersion, IfAbsent, IfExists };

  Kind kind = Kind::None;
  std::uint64_t version = 0;  // IfVersion: of the live entry

  friend auto operator<=>(const Precondition&, const Precondition&) = default;
};

struct EntryAction {
  enum class Kind : std::uint8_t { Read, Put, Delete };

  Kind kind{};
  Precondition precondition{};  // put and delete; a delete needs a live entry in any case
  // Put and delete: the state did not allow it. A write refused for any other reason (permission,
  // quota, bad input) did not happen and says nothing of the state: leave it out.
  bool refused = false;
  // Read: of the live entry, 0 if there was none. Applied: the version made. Refused: the live one
  // that stood in the way, 0 if there was none. kVersionNotTold is allowed for writes only.
  std::uint64_t version = kVersionNotTold;
  std::uint64_t value = 0;  // put: written; read: found (not looked at if version is 0)

  friend auto operator<=>(const EntryAction&, const EntryAction&) = default;
};
using EntryOperation = Operation<EntryAction>;

class EntryModel {
 public:
  using Action = EntryAction;
  struct State {
    std::uint64_t counter = 0;  // the newest version taken
    std::uint64_t value = 0;    // 0 while absent
    bool live = false;

    friend bool operator==(const State&, const State&) = default;
  };

  // Rewrites `operations` (all of one key) into an equivalent history that is easier to judge:
  // values that nobody read become one, and an unknown put whose value was read and which alone
  // wrote it becomes a completed one, with the version and the end that the reads prove.
  explicit EntryModel(std::vector<EntryOperation>& operations);

  State initial() const { return {}; }
  std::optional<State> step(const State& state, const Action& action) const;
  bool mutates(const Action& action) const {
    return action.kind != Action::Kind::Read && !action.refused;
  }
  std::optional<State> attempt(const State& state, const Action& action) const;
  // An unknown write can't take a version that a completed one took.
  bool may_help(const State& state) const;
  bool replaces(const Action& b, const Action& a) const;
  std::uint64_t hash(const State& state) const;

  std::string describe(const Action& action) const;
  std::string describe_state(const State& state) const;

 private:
  void merge_unread_values(std::vector<EntryOperation>& operations) const;
  void adopt_proven_puts(std::vector<EntryOperation>& operations) const;
  bool holds(const State& state, const Action& action) const;
  State written(const State& state, const Action& action) const;

  // Versions beyond every one that the history mentions are one: nothing tells them apart.
  std::uint64_t beyond_ = 1;
  std::uint64_t possible_writes_ = 0;
  std::vector<std::uint64_t> taken_;  // by completed writes, sorted
};

}  // namespace confman::sim
