#include <utility>

#include "domain/access/assignments.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/entries/entry.hpp"
#include "domain/model/path.hpp"
#include "domain/namespaces/commands.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/quotas/commands.hpp"
#include "domain/retention/commands.hpp"
#include "domain/review/policies.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

struct Found {
  Bytes key;
  std::optional<Bytes> bytes;
  NamespaceRow row;

  std::uint64_t live_version() const { return bytes ? row.version : 0; }
};

Found read(const StateStore& store, std::string_view path) {
  Found found{keys::of_namespace(path), {}, {}};
  found.bytes = store.get(Table::Namespace, found.key);
  if (found.bytes) found.row = must_decode(decode_namespace_row(*found.bytes));
  return found;
}

// A deleted namespace leaves what a deleted entry leaves, under the key that no entry has: the
// empty one. So who creates it again goes on from its versions, and an old If-Match doesn't match.
// What is deleted is in no listing. (From kNamespaceMemory on; what was deleted before that starts
// again at 1.)
//
// Its past can still be read, so that it didn't inherit stays in force, and holds for who creates
// it again (from kLastingPrivacy on).
void leave_tombstone(StateWriter& state, const Act& act, std::string_view path,
                     const NamespaceRow& last) {
  const bool lasts = last.no_inherit && act.feature_level >= kLastingPrivacy;
  const EntryRow row{.version = last.version + 1,
                     .deleted = true,
                     .revision = act.position,
                     .content_type = {},
                     .value = lasts ? encode(NamespaceRow{.no_inherit = true}) : Bytes{},
                     .labels = {},
                     .description = {},
                     .author = act.author,
                     .created_at = last.created_at,
                     .updated_at = act.stamp,
                     .destroyed = {}};
  const Bytes encoded = encode(row);
  const Bytes key = keys::of_entry(path, {});
  if (const auto before = state.store().get(Table::Entry, key)) {
    state.replace(Table::Entry, key, *before, encoded);
  } else {
    state.insert(Table::Entry, key, encoded);
  }
  state.insert(Table::Version, keys::of_version(path, {}, row.version), encoded);
}

void write(StateWriter& state, const Found& found, const NamespaceRow& row) {
  if (found.bytes) {
    state.replace(Table::Namespace, found.key, *found.bytes, encode(row));
  } else {
    state.insert(Table::Namespace, found.key, encode(row));
  }
}

}  // namespace

Checked check(const PutNamespace& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (!is_line(c.owner, kMaxOwnerBytes)) return fault(CommandFaultKind::BadText);
  if (auto ok = check_labels(c.labels); !ok) return ok;
  if (auto ok = check_description(c.description); !ok) return ok;
  if (c.inherit > static_cast<std::uint64_t>(Inherit::No)) {
    return fault(CommandFaultKind::BadInherit);
  }
  return check_precondition(c.precondition);
}

Checked check(const DeleteNamespace& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  return check_precondition(c.precondition);
}

Decision decide(StateWriter& state, const Act& act, const PutNamespace& command) {
  const Found found = read(state.store(), command.path);
  Decision decision;
  decision.action = found.bytes ? Action::NamespaceUpdated : Action::NamespaceCreated;
  decision.current_version = found.live_version();
  Found parent;
  if (!found.bytes) {
    parent = read(state.store(), parent_of(command.path));
    if (!parent.bytes) {
      decision.refusal = Refusal::ParentNotFound;
      return decision;
    }
  }
  decision.refusal =
      check_precondition(command.precondition, found.live_version(), Refusal::NamespaceExists);
  if (decision.refusal) return decision;

  std::optional<NamespaceLeft> left;
  if (!found.bytes && act.feature_level >= kNamespaceMemory) {
    left = namespace_left(state.store(), command.path);
  }
  const bool was_private = found.bytes ? found.row.no_inherit : left && left->no_inherit;
  const auto inherit = static_cast<Inherit>(command.inherit);
  if (inherit != Inherit::AsItIs && command.path == "/") {
    decision.refusal = Refusal::RootImmutable;
    return decision;
  }
  const bool no_inherit = inherit == Inherit::AsItIs ? was_private : inherit == Inherit::No;
  if (no_inherit != was_private &&
      !Rights(state.store(), act.caller).may(Permission::ManageAccess, command.path)) {
    decision.refusal = Refusal::Forbidden;
    return decision;
  }
  // Of one that is deleted a little more holds (access/rights.cpp).
  const bool turns = no_inherit != was_private || (no_inherit && !found.bytes);
  if (turns) state.meta().access_changed = act.position.index;

  NamespaceRow row = found.row;
  row.no_inherit = no_inherit;
  row.description = command.description;
  row.owner = command.owner;
  row.labels = command.labels;
  row.version = 1 + (left ? left->version : found.row.version);
  row.revision = act.position;
  row.author = act.author;
  if (!found.bytes) row.created_at = act.stamp;
  row.updated_at = act.stamp;
  write(state, found, row);
  if (!found.bytes) {
    ++parent.row.children;
    write(state, parent, parent.row);
    ++state.meta().namespaces;
  }
  decision.new_version = row.version;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const DeleteNamespace& command) {
  Decision decision;
  decision.action = Action::NamespaceDeleted;
  if (command.path == "/") {
    decision.refusal = Refusal::RootImmutable;
    return decision;
  }
  const Found found = read(state.store(), command.path);
  decision.current_version = found.live_version();
  decision.refusal =
      check_precondition(command.precondition, found.live_version(), Refusal::NamespaceExists);
  if (!decision.refusal && !found.bytes) decision.refusal = Refusal::NamespaceNotFound;
  if (decision.refusal) return decision;
  if (found.row.live_entries > 0 || found.row.children > 0 || found.row.schemas > 0) {
    decision.refusal = Refusal::NamespaceNotEmpty;
    return decision;
  }

  Found parent = read(state.store(), parent_of(command.path));
  CONFMAN_ASSERT(parent.bytes && parent.row.children > 0,
                 "A namespace exists under a parent that does not count it.");
  remove_policy(state, command.path);
  remove_quota(state, command.path);
  remove_retention(state, command.path);
  if (state.meta().bindings > 0) remove_binding(state, command.path);
  if (found.row.assignments > 0) remove_assignments(state, act, command.path);
  if (found.row.no_inherit) state.meta().access_changed = act.position.index;
  state.remove(Table::Namespace, found.key, *found.bytes);
  if (act.feature_level >= kNamespaceMemory) {
    leave_tombstone(state, act, command.path, found.row);
  }
  --parent.row.children;
  write(state, parent, parent.row);
  --state.meta().namespaces;
  return decision;
}

}  // namespace confman::domain
