#include "domain/access/rights.hpp"
#include "domain/limits.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/policies.hpp"
#include "domain/review/policy.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

HeldRow<PolicyTable> hold_policy(const StateStore& store, std::string_view path) {
  return hold<PolicyTable>(store, keys::of_policy(path));
}

}  // namespace

Decision decide(StateWriter& state, const Act& act, const PutPolicy& command) {
  Decision decision;
  decision.action = command.attempted();
  if (!state.store().get(Table::Namespace, keys::of_namespace(command.path))) {
    return refuse(decision, Refusal::NamespaceNotFound);
  }
  const auto held = hold_policy(state.store(), command.path);
  decision.current_version = held.version();
  decision.refusal =
      check_precondition(command.precondition, held.version(), Refusal::PolicyExists);
  const bool full = !held.bytes && state.meta().policies >= kMaxPolicies;
  if (!decision.refusal && full) decision.refusal = Refusal::TooMany;
  if (decision.refusal) return decision;

  write(state, held, PolicyRow{act.position, act.author, act.stamp, command.terms});
  if (!held.bytes) ++state.meta().policies;
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& /*act*/, const DeletePolicy& command) {
  Decision decision;
  decision.action = command.attempted();
  const auto held = hold_policy(state.store(), command.path);
  decision.current_version = held.version();
  decision.refusal =
      check_precondition(command.precondition, held.version(), Refusal::PolicyExists);
  if (!decision.refusal && !held.bytes) decision.refusal = Refusal::PolicyNotFound;
  if (!decision.refusal) remove_policy(state, command.path);
  return decision;
}

void remove_policy(StateWriter& state, std::string_view path) {
  if (state.meta().policies == 0) return;
  const auto held = hold_policy(state.store(), path);
  if (!held.bytes) return;
  remove(state, held);
  --state.meta().policies;
}

}  // namespace confman::domain
