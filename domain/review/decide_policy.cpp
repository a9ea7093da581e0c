#include "domain/access/rights.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/limits.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/policies.hpp"
#include "domain/review/policy.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

struct Held {
  Bytes key;
  std::optional<Bytes> bytes;
  PolicyRow row;

  std::uint64_t version() const { return bytes ? row.revision.index : 0; }
};
Held hold(const StateStore& store, std::string_view path) {
  Held held{keys::of_policy(path), {}, {}};
  held.bytes = store.get(Table::Policy, held.key);
  if (held.bytes) held.row = must_decode(decode_policy_row(*held.bytes));
  return held;
}

}  // namespace

Decision decide(StateWriter& state, const Act& act, const PutPolicy& command) {
  Decision decision;
  decision.action = command.attempted();
  if (!state.store().get(Table::Namespace, keys::of_namespace(command.path))) {
    decision.refusal = Refusal::NamespaceNotFound;
    return decision;
  }
  const Held held = hold(state.store(), command.path);
  decision.current_version = held.version();
  decision.refusal =
      check_precondition(command.precondition, held.version(), Refusal::PolicyExists);
  const bool full = !held.bytes && state.meta().policies >= kMaxPolicies;
  if (!decision.refusal && full) decision.refusal = Refusal::TooMany;
  if (decision.refusal) return decision;

  const Bytes bytes = encode(PolicyRow{act.position, act.author, act.stamp, command.terms});
  if (held.bytes) {
    state.replace(Table::Policy, held.key, *held.bytes, bytes);
  } else {
    state.insert(Table::Policy, held.key, bytes);
    ++state.meta().policies;
  }
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& /*act*/, const DeletePolicy& command) {
  Decision decision;
  decision.action = command.attempted();
  const Held held = hold(state.store(), command.path);
  decision.current_version = held.version();
  decision.refusal =
      check_precondition(command.precondition, held.version(), Refusal::PolicyExists);
  if (!decision.refusal && !held.bytes) decision.refusal = Refusal::PolicyNotFound;
  if (!decision.refusal) remove_policy(state, command.path);
  return decision;
}

void remove_policy(StateWriter& state, std::string_view path) {
  if (state.meta().policies == 0) return;
  const Held held = hold(state.store(), path);
  if (!held.bytes) return;
  state.remove(Table::Policy, held.key, *held.bytes);
  --state.meta().policies;
}

}  // namespace confman::domain
