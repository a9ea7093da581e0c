#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"

namespace confman::domain {

class StateWriter;

// A change of members that the leader refused (model/refusal.hpp: the refusals of members): changes
// nothing, and is an event of the audit trail. No client asks for it.
struct NoteRefusedChange {
  Action action{};     // of members
  std::string member;  // its name
  Refusal refusal{};

  static constexpr std::uint8_t kNumber = 5;
  static constexpr std::uint64_t kSince = kRefusedChanges;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "member", kMaxKeyBytes}, command.member);
    visit(Field{26, "action"}, command.action);
    visit(Field{27, "refusal"}, command.refusal);
  }
  std::optional<DecodeFault> fault() const {
    return is_of_members() ? std::nullopt : std::optional(DecodeFault::UnknownKind);
  }
  bool is_of_members() const {
    return changes(Changed::Member, action) && domain::is_of_members(refusal);
  }
  Subject subject() const { return {"/", member}; }
  Action attempted() const { return action; }
  static constexpr bool kAsksItself = true;  // nobody: it changes nothing
  friend bool operator==(const NoteRefusedChange&, const NoteRefusedChange&) = default;
};
Checked check(const NoteRefusedChange&);
Decision decide(StateWriter&, const Act&, const NoteRefusedChange&);

}  // namespace confman::domain
