#include <utility>

#include "domain/base/assert.hpp"
#include "domain/chores/chore.hpp"
#include "domain/chores/commands.hpp"
#include "domain/quotas/commands.hpp"
#include "domain/retention/commands.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

Bytes key_of(const Chore& chore) {
  return keys::encode_key(
      keys::ChoreKey{chore.at_ms, static_cast<std::uint64_t>(chore.kind), chore.path});
}

}  // namespace

std::optional<Chore> first_chore(const StateStore& store) {
  std::optional<Chore> first;
  store.scan(Table::Chore, {}, {}, [&first](ByteView bytes, ByteView) {
    const auto key = keys::parse_key<keys::ChoreKey>(bytes);
    CONFMAN_ASSERT(key, "A row of Chore has a key that doesn't parse.");
    first = {key->at_ms, static_cast<ChoreKind>(key->kind), std::string(key->path)};
    return false;
  });
  return first;
}

bool has_chore(const StateStore& store, const Chore& chore) {
  return store.get(Table::Chore, key_of(chore)).has_value();
}

void add_chore(StateWriter& state, const Chore& chore) {
  state.insert(Table::Chore, key_of(chore), {});
  ++state.meta().chores;
}

void remove_chore(StateWriter& state, const Chore& chore) {
  CONFMAN_ASSERT(state.meta().chores > 0, "A chore that isn't there is removed.");
  state.remove(Table::Chore, key_of(chore), {});
  --state.meta().chores;
}

Checked check(const DoChore& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  const bool good =
      c.at_ms >= 0 && c.kind >= 1 && c.kind <= static_cast<std::uint64_t>(kLastChoreKind);
  return check_that(good, CommandFaultKind::BadTime);
}

Decision decide(StateWriter& state, const Act& act, const DoChore& command) {
  Decision decision;
  decision.action = command.attempted();
  if (act.actor.type != ActorType::System) return refuse(decision, Refusal::Forbidden);
  const Chore chore{command.at_ms, static_cast<ChoreKind>(command.kind), command.path};
  if (command.at_ms > act.stamp.wall_ms || !has_chore(state.store(), chore)) {
    return refuse(decision, Refusal::NothingDue);
  }
  switch (chore.kind) {
    case ChoreKind::CountQuota:
      return count_quota(state, chore);
    case ChoreKind::PruneVersions:
      return prune_versions(state, act, chore);
  }
  CONFMAN_UNREACHABLE("A chore is of a kind that isn't known.");
}

}  // namespace confman::domain
