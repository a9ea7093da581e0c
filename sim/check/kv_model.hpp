#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/check/operation.hpp"

// One key of a store of texts with get, put and append; absent reads as the empty text.
namespace confman::sim {

// Texts as numbers: equal texts have equal ids, so that states compare in one instruction.
class Texts {
 public:
  using Id = std::uint64_t;
  static constexpr Id kEmpty = 0;

  Texts() { id_of(""); }

  Id id_of(std::string_view text);
  const std::string& text_of(Id id) const { return texts_[id]; }
  Id joined(Id head, Id tail);

 private:
  std::vector<std::string> texts_;
  std::unordered_map<std::string, Id> ids_;  // never iterated
  std::map<std::pair<Id, Id>, Id> joined_;
};

struct KvAction {
  enum class Kind : std::uint8_t { Get, Put, Append };

  Kind kind{};
  Texts::Id text{};  // get: what was found

  friend auto operator<=>(const KvAction&, const KvAction&) = default;
};
using KvOperation = Operation<KvAction>;

class KvModel {
 public:
  using Action = KvAction;
  using State = Texts::Id;

  // `texts` grows while a search runs and must outlive the model. `operations` are those of one
  // key.
  KvModel(Texts& texts, const std::vector<KvOperation>& operations);

  State initial() const { return Texts::kEmpty; }
  std::optional<State> step(State state, const Action& action) const;
  bool mutates(const Action& action) const { return action.kind != Action::Kind::Get; }
  std::optional<State> attempt(State state, const Action& action) const;
  // Actions that lead to a text that explains nothing need no help.
  bool may_help(State state) const { return state != kLost; }
  bool replaces(const Action&, const Action&) const { return false; }
  std::uint64_t hash(State state) const { return state; }

  std::string describe(const Action& action) const;
  std::string describe_state(State state) const;

 private:
  // Every text that is no beginning of one that was found is this one: until a put overwrites it,
  // no get can be placed, whatever is appended. Without it, each order of appends would be a state.
  static constexpr State kLost = UINT64_MAX;
  State kept_or_lost(Texts::Id text) const;

  Texts& texts_;
  std::set<Texts::Id> found_;
  mutable std::map<Texts::Id, bool> is_beginning_;  // remembered answers
};

}  // namespace confman::sim
