#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "domain/access/rights.hpp"
#include "domain/audit/event.hpp"
#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/entries/commands.hpp"
#include "domain/entries/entry.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/past/commands.hpp"
#include "domain/query/page_builder.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/request.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

// The request that published a version; 0: none.
std::uint64_t request_of(const StateStore& store, const DestroyVersion& command,
                         std::uint64_t index) {
  std::uint64_t id = 0;
  store.scan(Table::Audit, keys::of_audit(index, 0), behind(keys::of_audit(index, UINT32_MAX)),
             [&](ByteView, ByteView value) {
               const AuditRow event = must_decode(decode_audit_row(value));
               const bool its = event.path == command.path && event.key == command.key &&
                                changes(Changed::Entry, event.action);
               if (its) id = event.change_request;
               return !its;
             });
  return id;
}

// What a request holds of the same text: it is published, so nobody decides by it any more.
void blank(StateWriter& state, std::uint64_t id, const DestroyVersion& command) {
  const HeldRequest held = hold_request(state.store(), id);
  if (!held.bytes) return;
  const auto bodies = changes_of(state.store(), id, held.row);
  for (std::uint32_t i = 0; i < bodies.size(); ++i) {
    CommandBody body = must_decode(decode_body(bodies[i]));
    auto* put = std::get_if<PutEntry>(&body);
    if (put == nullptr || put->path != command.path || put->key != command.key) continue;
    put->content_type = "text/plain";  // of which nothing is a value, too
    put->value.clear();
    put->secrecy = static_cast<std::uint64_t>(Secrecy::AsItIs);
    put->data_key.clear();
    put->labels.clear();
    put->description.clear();
    state.replace(Table::RequestChange, keys::of_request_part(id, i),
                  encode(RequestChangeRow{bodies[i]}), encode(RequestChangeRow{encode_body(body)}));
  }
}

}  // namespace

Checked check(const DestroyVersion& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.key); !ok) return ok;
  if (c.version == 0) return fault(CommandFaultKind::BadVersion);
  if (c.reason.empty()) return fault(CommandFaultKind::TextRequired);
  return check_description(c.reason);
}

Decision decide(StateWriter& state, const Act& act, const DestroyVersion& command) {
  Decision decision;
  decision.action = command.attempted();
  // Of a deleted namespace that was private, who manages those above may create it again, and no
  // more.
  const bool unseen = act.feature_level >= kWholeRights &&
                      !Rights(state.store(), act.caller).may(Permission::Read, command.path);
  if (unseen) return refuse(decision, Refusal::Forbidden);
  const auto head_bytes =
      state.store().get(Table::Entry, keys::of_entry(command.path, command.key));
  if (!head_bytes) {
    const bool there =
        state.store().get(Table::Namespace, keys::of_namespace(command.path)).has_value();
    return refuse(decision, there ? Refusal::EntryNotFound : Refusal::NamespaceNotFound);
  }
  const EntryRow head = must_decode(decode_entry_row(*head_bytes));
  decision.current_version = head.deleted ? 0 : head.version;
  const Bytes key = keys::of_version(command.path, command.key, command.version);
  const auto bytes = state.store().get(Table::Version, key);
  if (!bytes) {
    const bool was = command.version < head.version;
    return refuse(decision, was ? Refusal::VersionPruned : Refusal::VersionNotFound);
  }
  EntryRow row = must_decode(decode_entry_row(*bytes));
  if (row.deleted) return refuse(decision, Refusal::VersionIsDeletion);
  if (row.is_destroyed()) return refuse(decision, Refusal::VersionDestroyed);
  if (row.version == head.version) return refuse(decision, Refusal::VersionIsLive);

  const Sha256Digest digest = digest_of(row);
  const bool keyed = std::exchange(row.sealed, false);
  row.value.clear();
  row.labels.clear();
  row.description.clear();
  row.destroyed = encode_record(Destruction{.revision = act.position,
                                            .at = act.stamp,
                                            .by = act.author,
                                            .why = command.reason,
                                            .digest = digest,
                                            .keyed = keyed});
  state.replace(Table::Version, key, *bytes, encode(row));
  if (const std::uint64_t id = request_of(state.store(), command, row.revision.index)) {
    blank(state, id, command);
  }
  decision.restored_version = command.version;
  decision.previous_value = digest;
  if (keyed) decision.keyed |= AuditRow::kPreviousIsKeyed;
  decision.new_version = decision.current_version;
  return decision;
}

}  // namespace confman::domain
