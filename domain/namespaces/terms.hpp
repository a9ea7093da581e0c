#pragma once

#include "domain/command/decision.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/writer.hpp"

// What the terms of a namespace (its policy, its retention, its quota) have in common when they are
// set and taken away. `Of` is their table; their version is the log index of their last change.
namespace confman::domain {

// Refused: there is no such namespace, the condition doesn't hold, or `most` have some already.
template <class Of, class Put>
Decision begin_setting(const StateWriter& state, const HeldRow<Of>& held, const Put& command,
                       Refusal exists, std::uint64_t count, std::uint64_t most) {
  Decision decision;
  decision.action = command.attempted();
  if (!state.store().get(Table::Namespace, keys::of_namespace(command.path))) {
    return refuse(decision, Refusal::NamespaceNotFound);
  }
  decision.current_version = held.version();
  decision.refusal = check_precondition(command.precondition, held.version(), exists);
  const bool full = !held.bytes && count >= most;
  if (!decision.refusal && full) decision.refusal = Refusal::TooMany;
  return decision;
}

// Refused: the condition doesn't hold, or there are none.
template <class Of, class Delete>
Decision begin_unsetting(const HeldRow<Of>& held, const Delete& command, Refusal exists,
                         Refusal not_found) {
  Decision decision;
  decision.action = command.attempted();
  decision.current_version = held.version();
  decision.refusal = check_precondition(command.precondition, held.version(), exists);
  if (!decision.refusal && !held.bytes) decision.refusal = not_found;
  return decision;
}

}  // namespace confman::domain
