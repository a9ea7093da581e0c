#include <algorithm>
#include <utility>

#include "domain/apply/dispatch.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/utf8.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/entries/together.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/past/commands.hpp"
#include "domain/past/rollback.hpp"
#include "domain/quotas/quota.hpp"
#include "domain/review/held_to.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

std::uint64_t version_of_namespace(const StateStore& store, std::string_view path) {
  const auto bytes = store.get(Table::Namespace, keys::of_namespace(path));
  return bytes ? must_decode(decode_namespace_row(*bytes)).version : 0;
}

bool moved(StateWriter& state, const RollbackNamespace& command) {
  if (state.meta().bindings == 0) return command.checked != 0;
  const auto expected = publication_stamp(state.store(), {CommandBody(command)});
  return expected.value_or(0) != command.checked;
}

// An event for each. Nothing of them is refused: the plan is of this state.
void make(StateWriter& state, const Act& act, const std::string& path, RollbackPlan plan) {
  for (Restoration& change : plan.changes) {
    Decision decision =
        change.to ? publish_among_others(state, act, path, change.key, std::move(*change.to))
                  : erase_among_others(state, act, path, change.key);
    CONFMAN_ASSERT(!decision.refusal, "A change that was planned for this state is refused.");
    record(state, act, RollbackEntry{.path = path, .key = change.key, .precondition = {}},
           decision);
  }
}

}  // namespace

Checked check(const RollbackNamespace& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  const bool prefix_ok = c.prefix.empty() || check_key(c.prefix).has_value();
  if (!prefix_ok) return fault(CommandFaultKind::BadPrefix);
  const bool one = (c.to_revision != Revision{}) != (c.to_time_ms != 0);
  return check_that(one && c.to_time_ms >= 0, CommandFaultKind::BadTarget);
}

Decision decide(StateWriter& state, const Act& act, const RollbackNamespace& command) {
  Decision decision;
  decision.action = command.attempted();
  decision.current_version = version_of_namespace(state.store(), command.path);
  Work work;
  auto plan = plan_rollback(state.store(), command.path, command.prefix, command.moment(), work);
  if (!plan) {
    decision.about = std::move(plan.error().key);
    return refuse(decision, plan.error().why);
  }
  const std::uint64_t changed = plan->changes.size();
  // A request is held to schemas and quotas as a whole, and taken back as one.
  const bool alone = act.change_request == 0;
  if (alone && moved(state, command)) return refuse(decision, Refusal::SchemaMoved);
  if (alone) state.begin();
  const QuotasBefore quotas(state.store(), state.meta(), {command.path});
  make(state, act, command.path, std::move(*plan));
  if (alone) {
    if (auto too_much = quotas.exceeded(state.store())) {
      state.abort();
      decision.about = std::move(too_much->path);
      decision.limit = too_much->limit;
      decision.used = too_much->used;
      decision.asked = too_much->asked;
      return refuse(decision, too_much->why);
    }
    state.commit();
  }
  decision.new_version = decision.current_version;
  decision.changed = changed;
  return decision;
}

}  // namespace confman::domain
