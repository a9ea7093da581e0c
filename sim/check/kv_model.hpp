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
  // A text that is no beginning of one that was found explains nothing until it is overwritten, and
  // overwriting needs no help.
  bool may_help(State state) const;
  bool replaces(const Action&, const Action&) const { return false; }
  std::uint64_t hash(State state) const { return state; }

  std::string describe(const Action& action) const;
  std::string describe_state(State state) const;

 private:
  Texts& texts_;
  std::set<Texts::Id> found_;
};

}  // namespace confman::sim
