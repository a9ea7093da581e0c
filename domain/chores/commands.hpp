#pragma once

#include <cstdint>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/chores/chore.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"

namespace confman::domain {

class StateWriter;

// A step of a chore, asked for by the leader: looks at no more than kMaxChoreRows and
// kMaxChoreBytes. Refused to everybody else, and when it isn't to be done (NothingDue).
struct DoChore {
  std::string path;
  std::int64_t at_ms{};
  std::uint64_t kind{};  // a ChoreKind

  static constexpr std::uint8_t kNumber = 72;
  static constexpr std::uint64_t kSince = kPast;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{66, "at_ms"}, command.at_ms);
    visit(Field{67, "kind"}, command.kind);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const {
    return kind == static_cast<std::uint64_t>(ChoreKind::CountQuota) ? Action::QuotaCounted
                                                                     : Action::VersionsPruned;
  }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const DoChore&, const DoChore&) = default;
};
Checked check(const DoChore&);
Decision decide(StateWriter&, const Act&, const DoChore&);

}  // namespace confman::domain
