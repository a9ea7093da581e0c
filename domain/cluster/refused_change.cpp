#include "domain/cluster/refused_change.hpp"

namespace confman::domain {

Checked check(const NoteRefusedChange& c) {
  if (!c.is_of_members() || !is_line(c.member, kMaxKeyBytes))
    return fault(CommandFaultKind::BadText);
  return {};
}

Decision decide(StateWriter&, const Act&, const NoteRefusedChange& command) {
  Decision decision;
  decision.action = command.action;
  decision.refusal = command.refusal;
  return decision;
}

}  // namespace confman::domain
