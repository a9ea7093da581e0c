#include "domain/access/rights.hpp"
#include "domain/limits.hpp"
#include "domain/namespaces/terms.hpp"
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
  const auto held = hold_policy(state.store(), command.path);
  Decision decision = begin_setting(state, held, command, Refusal::PolicyExists,
                                    state.meta().policies, kMaxPolicies);
  if (decision.refusal) return decision;

  write(state, held, PolicyRow{act.position, act.author, act.stamp, command.terms});
  if (!held.bytes) ++state.meta().policies;
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& /*act*/, const DeletePolicy& command) {
  const auto held = hold_policy(state.store(), command.path);
  const Decision decision =
      begin_unsetting(held, command, Refusal::PolicyExists, Refusal::PolicyNotFound);
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
