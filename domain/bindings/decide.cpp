#include <algorithm>
#include <expected>
#include <set>
#include <utility>

#include "domain/access/rights.hpp"
#include "domain/base/assert.hpp"
#include "domain/bindings/binding.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/may_bind.hpp"
#include "domain/bindings/schema_document.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

using HeldSchema = HeldRow<SchemaTable>;
using HeldBinding = HeldRow<BindingTable>;
using HeldNamespaceRow = HeldRow<NamespaceTable>;

HeldSchema hold_schema(StateWriter& state, std::string_view path, std::string_view name) {
  return hold<SchemaTable>(state.store(), keys::of_schema(path, name));
}
HeldBinding hold_binding(StateWriter& state, std::string_view path) {
  return hold<BindingTable>(state.store(), keys::of_binding(path));
}
HeldNamespaceRow hold_namespace(StateWriter& state, std::string_view path) {
  return hold<NamespaceTable>(state.store(), keys::of_namespace(path));
}
std::uint64_t live_version(const HeldSchema& found) {
  return found.bytes && !found.row.deleted ? found.row.version : 0;
}

void count_schema(StateWriter& state, const HeldNamespaceRow& owner, bool more) {
  NamespaceRow row = owner.row;
  more ? ++row.schemas : --row.schemas;
  write(state, owner, row);
}

// --- bindings

std::vector<BoundSchema> parse(const std::string& bound) {
  auto parsed = parse_bindings(bound);
  CONFMAN_ASSERT(parsed, "A namespace is bound to what can't be read.");
  return std::move(*parsed);
}

void count_uses(StateWriter& state, const std::vector<BoundSchema>& bound, bool more) {
  for (const BoundSchema& each : bound) {
    const auto found = hold_schema(state, each.schema.path, each.schema.name);
    CONFMAN_ASSERT(found.bytes && (more || found.row.uses > 0),
                   "A binding names a schema that there isn't, or that doesn't count it.");
    SchemaRow row = found.row;
    more ? ++row.uses : --row.uses;
    write(state, found, row);
  }
}

std::optional<Refusal> may_not(StateWriter& state, const Act& act, const CommandBody& change) {
  Rights rights(state.store(), act.caller);
  return may_bind(state.store(), rights, change, act.feature_level);
}

std::optional<Refusal> missing(StateWriter& state, const std::vector<BoundSchema>& bound) {
  for (const BoundSchema& each : bound) {
    const auto found = hold_schema(state, each.schema.path, each.schema.name);
    if (live_version(found) == 0) return Refusal::SchemaNotFound;
    const auto version = state.store().get(
        Table::SchemaVersion,
        keys::of_schema_version(each.schema.path, each.schema.name, each.version));
    if (!version) return Refusal::SchemaVersionNotFound;
  }
  return std::nullopt;
}

std::optional<Refusal> moved(StateWriter& state, const Act& act, std::string_view path,
                             std::uint64_t checked) {
  // The changes of a request are held to it together (review/held_to.hpp).
  if (act.change_request != 0) return std::nullopt;
  const auto expected = trial_stamp(state.store(), path);
  if (!expected) return Refusal::TooMany;
  return *expected == checked ? std::nullopt : std::optional(Refusal::SchemaMoved);
}

void take_away(StateWriter& state, const HeldBinding& found) {
  count_uses(state, parse(found.row.bound), false);
  remove(state, found);
  --state.meta().bindings;
}

}  // namespace

Checked check(const PutSchema& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.name); !ok) return ok;
  if (c.text.size() > kMaxSchemaTextBytes) return fault(CommandFaultKind::SchemaTooLarge);
  return check_precondition(c.precondition);
}

Checked check(const DeleteSchema& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.name); !ok) return ok;
  return check_precondition(c.precondition);
}

Checked check(const PutBinding& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (!parse_bindings(c.bound)) return fault(CommandFaultKind::BadBindings);
  return check_precondition(c.precondition);
}

Checked check(const DeleteBinding& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  return check_precondition(c.precondition);
}

Decision decide(StateWriter& state, const Act& act, const PutSchema& command) {
  Decision decision;
  decision.action = command.attempted();
  const auto owner = hold_namespace(state, command.path);
  if (!owner.bytes) return refuse(decision, Refusal::NamespaceNotFound);
  const auto found = hold_schema(state, command.path, command.name);
  decision.current_version = live_version(found);
  if (const auto no = check_precondition(command.precondition, decision.current_version,
                                         Refusal::SchemaExists)) {
    return refuse(decision, *no);
  }
  if (command.unjudged != 0) return refuse(decision, Refusal::SchemaMoved);
  const bool is_new = decision.current_version == 0;
  if (is_new && owner.row.schemas >= kMaxSchemasOfNamespace) {
    return refuse(decision, Refusal::TooMany);
  }
  SchemaRow row = found.row;
  ++row.version;
  row.deleted = false;
  row.revision = act.position;
  row.author = act.actor;
  if (is_new) row.created_at = act.stamp;
  row.updated_at = act.stamp;
  write(state, found, row);
  state.insert(Table::SchemaVersion,
               keys::of_schema_version(command.path, command.name, row.version),
               encode(SchemaVersionRow{command.text, act.position, act.actor, act.stamp}));
  if (is_new) count_schema(state, owner, true);
  if (!found.bytes) ++state.meta().schemas;
  decision.new_value = sha256(command.text);
  decision.new_version = row.version;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const DeleteSchema& command) {
  Decision decision;
  decision.action = command.attempted();
  const auto owner = hold_namespace(state, command.path);
  if (!owner.bytes) return refuse(decision, Refusal::NamespaceNotFound);
  const auto found = hold_schema(state, command.path, command.name);
  decision.current_version = live_version(found);
  if (const auto no = check_precondition(command.precondition, decision.current_version,
                                         Refusal::SchemaExists)) {
    return refuse(decision, *no);
  }
  if (decision.current_version == 0) return refuse(decision, Refusal::SchemaNotFound);
  if (found.row.uses > 0) return refuse(decision, Refusal::SchemaInUse);
  SchemaRow row = found.row;
  row.deleted = true;
  row.revision = act.position;
  row.author = act.actor;
  row.updated_at = act.stamp;
  write(state, found, row);
  count_schema(state, owner, false);
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const PutBinding& command) {
  Decision decision;
  decision.action = command.attempted();
  if (const auto no = may_not(state, act, command)) return refuse(decision, *no);
  const auto bound = parse(command.bound);
  if (!hold_namespace(state, command.path).bytes)
    return refuse(decision, Refusal::NamespaceNotFound);
  const auto found = hold_binding(state, command.path);
  decision.current_version = found.version();
  if (const auto no = check_precondition(command.precondition, decision.current_version,
                                         Refusal::BindingExists)) {
    return refuse(decision, *no);
  }
  if (const auto no = missing(state, bound)) return refuse(decision, *no);
  if (const auto no = moved(state, act, command.path, command.checked))
    return refuse(decision, *no);
  if (found.bytes) count_uses(state, parse(found.row.bound), false);
  count_uses(state, bound, true);
  write(state, found, BindingRow{command.bound, act.position, act.author, act.stamp});
  if (!found.bytes) ++state.meta().bindings;
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const DeleteBinding& command) {
  Decision decision;
  decision.action = command.attempted();
  if (const auto no = may_not(state, act, command)) return refuse(decision, *no);
  if (!hold_namespace(state, command.path).bytes)
    return refuse(decision, Refusal::NamespaceNotFound);
  const auto found = hold_binding(state, command.path);
  decision.current_version = found.version();
  if (const auto no = check_precondition(command.precondition, decision.current_version,
                                         Refusal::BindingExists)) {
    return refuse(decision, *no);
  }
  if (!found.bytes) return refuse(decision, Refusal::BindingNotFound);
  if (const auto no = moved(state, act, command.path, command.checked))
    return refuse(decision, *no);
  take_away(state, found);
  return decision;
}

void remove_binding(StateWriter& state, std::string_view path) {
  const auto found = hold_binding(state, path);
  if (found.bytes) take_away(state, found);
}

}  // namespace confman::domain
