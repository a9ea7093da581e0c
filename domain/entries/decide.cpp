#include <expected>
#include <utility>

#include "domain/audit/event.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/entries/commands.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/label_index.hpp"
#include "domain/entries/together.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/past/as_of.hpp"
#include "domain/quotas/quota.hpp"
#include "domain/secrets/keep.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

// The newest version of an entry, as it lies and as it reads.
struct Head {
  Bytes key;
  std::optional<Bytes> bytes;
  EntryRow row;

  bool live() const { return bytes && !row.deleted; }
  std::uint64_t live_version() const { return live() ? row.version : 0; }
};

Head read_head(const StateStore& store, std::string_view path, std::string_view key) {
  Head head{keys::of_entry(path, key), {}, {}};
  head.bytes = store.get(Table::Entry, head.key);
  if (head.bytes) head.row = must_decode(decode_entry_row(*head.bytes));
  return head;
}

void write_head(StateWriter& state, const Head& head, std::string_view path, std::string_view key,
                const EntryRow& row) {
  const Bytes encoded = encode(row);
  if (head.bytes) {
    state.replace(Table::Entry, head.key, *head.bytes, encoded);
  } else {
    state.insert(Table::Entry, head.key, encoded);
  }
  state.insert(Table::Version, keys::of_version(path, key, row.version), encoded);
  change_labels(state, head.key, head.row.labels, row.labels);
}

enum class Count : std::uint8_t { Up, Down, Same };

// What a namespace keeps of a change of its entries. Without a schema in the cluster nobody asks
// when that was.
void note_change(StateWriter& state, const Act& act, std::string_view path,
                 ByteView namespace_bytes, Count count) {
  MetaRow& meta = state.meta();
  if (count == Count::Same && meta.schemas == 0) return;
  NamespaceRow row = must_decode(decode_namespace_row(namespace_bytes));
  CONFMAN_ASSERT(count != Count::Down || (row.live_entries > 0 && meta.live_entries > 0),
                 "An entry is deleted from a namespace that counts none.");
  if (count != Count::Same) {
    const std::uint64_t step = count == Count::Up ? 1 : UINT64_MAX;  // -1, modulo 2^64
    row.live_entries += step;
    meta.live_entries += step;
  }
  if (meta.schemas > 0) row.content_changed = act.position.index;
  state.replace(Table::Namespace, keys::of_namespace(path), namespace_bytes, encode(row));
}

enum class Side : std::uint8_t { Previous, New };

void note_digest(Decision& decision, Side side, const EntryRow& row) {
  const bool is_new = side == Side::New;
  (is_new ? decision.new_value : decision.previous_value) = digest_of(row);
  if (row.sealed) decision.keyed |= is_new ? AuditRow::kNewIsKeyed : AuditRow::kPreviousIsKeyed;
}

// Whether the change was held to what it would have to be held to now. Changes that are made
// together are held to it together (review/held_to.hpp).
std::optional<Refusal> check_held(StateWriter& state, const std::string& path,
                                  const std::string& key, std::uint64_t checked,
                                  std::uint64_t restored_version = 0) {
  if (state.meta().bindings == 0 && checked == 0) return std::nullopt;
  std::uint64_t expected =
      state.meta().bindings == 0 ? 0 : stamp_of(state.store(), path, {&key, 1});
  if (restored_version != 0) expected = rollback_stamp(expected, restored_version);
  return expected == checked ? std::nullopt : std::optional(Refusal::SchemaMoved);
}

}  // namespace

Checked check(const PutEntry& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.key); !ok) return ok;
  if (auto ok = check_secret(c); !ok) return ok;
  const bool content_type_ok =
      !c.content_type.empty() && is_line(c.content_type, kMaxContentTypeBytes);
  if (!content_type_ok) return fault(CommandFaultKind::BadContentType);
  if (auto ok = check_labels(c.labels); !ok) return ok;
  if (auto ok = check_description(c.description); !ok) return ok;
  return check_precondition(c.precondition);
}

Checked check(const DeleteEntry& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.key); !ok) return ok;
  return check_precondition(c.precondition);
}

Checked check(const RollbackEntry& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.key); !ok) return ok;
  const int targets = static_cast<int>(c.to_version != 0) +
                      static_cast<int>(c.to_revision != Revision{}) +
                      static_cast<int>(c.to_time_ms != 0);
  if (targets != 1 || c.to_time_ms < 0) return fault(CommandFaultKind::BadTarget);
  return check_precondition(c.precondition);
}

namespace {

Growth growth_by(std::string_view key, const Head& head, const EntryRow& row) {
  const auto count = [key](bool live, const EntryRow& of) {
    return live ? static_cast<std::int64_t>(bytes_of_entry(key, of)) : 0;
  };
  return {std::int64_t{!row.deleted} - std::int64_t{head.live()},
          count(!row.deleted, row) - count(head.live(), head.row)};
}

void say(Decision& decision, Exceeded exceeded) {
  decision.refusal = exceeded.why;
  decision.about = std::move(exceeded.path);
  decision.limit = exceeded.limit;
  decision.used = exceeded.used;
  decision.asked = exceeded.asked;
}

// What was a secret comes back as one.
std::uint64_t secrecy_of(const EntryRow& row) {
  return static_cast<std::uint64_t>(row.sealed ? Secrecy::Sealed : Secrecy::AsItIs);
}

// Whether a change stands by itself, or others are made with it that are held to schemas and
// quotas as one.
enum class Among : std::uint8_t { Alone, Others };

// `restored_version`: of which it is a rollback; 0: of none.
Decision publish(StateWriter& state, const Act& act, const PutEntry& command,
                 std::uint64_t restored_version, Among among) {
  Decision decision;
  decision.action = Action::ConfigCreated;
  const auto owner = state.store().get(Table::Namespace, keys::of_namespace(command.path));
  if (!owner) {
    decision.refusal = Refusal::NamespaceNotFound;
    return decision;
  }
  const Head head = read_head(state.store(), command.path, command.key);
  decision.current_version = head.live_version();
  if (head.live()) decision.action = Action::ConfigUpdated;
  decision.refusal =
      check_precondition(command.precondition, head.live_version(), Refusal::EntryExists);
  const bool alone = among == Among::Alone && act.change_request == 0;
  if (!decision.refusal && alone) {
    decision.refusal =
        check_held(state, command.path, command.key, command.checked, restored_version);
  }
  if (!decision.refusal) decision.refusal = check_data_keys(state, {&command, 1});
  // A rollback brings back what was readable before the secret.
  const bool is_put = restored_version == 0;
  if (!decision.refusal && is_put && head.live() && unveils(command, head.row)) {
    decision.refusal = Refusal::SecretKeyMoved;
  }
  if (decision.refusal) return decision;

  const EntryRow row{.version = head.row.version + 1,
                     .deleted = false,
                     .revision = act.position,
                     .content_type = command.content_type,
                     .value = command.value,
                     .labels = command.labels,
                     .description = command.description,
                     .author = act.author,
                     .created_at = head.live() ? head.row.created_at : act.stamp,
                     .updated_at = act.stamp,
                     .sealed = command.is() == Secrecy::Sealed,
                     .destroyed = {}};
  const Growth growth = growth_by(command.key, head, row);
  if (alone) {
    if (auto too_much = exceeded_by(state.store(), state.meta(), command.path, growth)) {
      say(decision, std::move(*too_much));
      return decision;
    }
  }
  keep_data_keys(state, act, {&command, 1});
  write_head(state, head, command.path, command.key, row);
  count_growth(state, command.path, command.key, growth);
  if (head.live()) note_digest(decision, Side::Previous, head.row);
  note_change(state, act, command.path, *owner, head.live() ? Count::Same : Count::Up);
  note_digest(decision, Side::New, row);
  decision.new_version = row.version;
  return decision;
}

}  // namespace

Decision decide(StateWriter& state, const Act& act, const PutEntry& command) {
  return publish(state, act, command, 0, Among::Alone);
}

Decision publish_among_others(StateWriter& state, const Act& act, std::string_view path,
                              std::string_view key, EntryRow content) {
  const std::uint64_t restored_version = content.version;
  Decision decision = publish(state, act,
                              PutEntry{.path = std::string(path),
                                       .key = std::string(key),
                                       .content_type = std::move(content.content_type),
                                       .value = std::move(content.value),
                                       .labels = std::move(content.labels),
                                       .description = std::move(content.description),
                                       .secrecy = secrecy_of(content)},
                              restored_version, Among::Others);
  decision.action = Action::ConfigRolledBack;
  decision.restored_version = restored_version;
  return decision;
}

namespace {

Decision erase(StateWriter& state, const Act& act, const DeleteEntry& command, Among among) {
  Decision decision;
  decision.action = Action::ConfigDeleted;
  const auto owner = state.store().get(Table::Namespace, keys::of_namespace(command.path));
  if (!owner) {
    decision.refusal = Refusal::NamespaceNotFound;
    return decision;
  }
  const Head head = read_head(state.store(), command.path, command.key);
  decision.current_version = head.live_version();
  // Who named a version learns that it isn't the current one; who didn't, that there is none.
  decision.refusal =
      check_precondition(command.precondition, head.live_version(), Refusal::EntryExists);
  if (!decision.refusal && !head.live()) decision.refusal = Refusal::EntryNotFound;
  if (!decision.refusal && among == Among::Alone && act.change_request == 0) {
    decision.refusal = check_held(state, command.path, command.key, command.checked);
  }
  if (decision.refusal) return decision;

  const EntryRow tombstone{.version = head.row.version + 1,
                           .deleted = true,
                           .revision = act.position,
                           .content_type = {},
                           .value = {},
                           .labels = {},
                           .description = {},
                           .author = act.author,
                           .created_at = head.row.created_at,
                           .updated_at = act.stamp,
                           .destroyed = {}};
  write_head(state, head, command.path, command.key, tombstone);
  count_growth(state, command.path, command.key, growth_by(command.key, head, tombstone));
  note_change(state, act, command.path, *owner, Count::Down);
  note_digest(decision, Side::Previous, head.row);
  decision.new_version = tombstone.version;
  return decision;
}

}  // namespace

Decision decide(StateWriter& state, const Act& act, const DeleteEntry& command) {
  return erase(state, act, command, Among::Alone);
}

Decision erase_among_others(StateWriter& state, const Act& act, std::string_view path,
                            std::string_view key) {
  return erase(state, act, DeleteEntry{.path = std::string(path), .key = std::string(key)},
               Among::Others);
}

namespace {

Refusal refusal_of(QueryFault fault) {
  return fault == QueryFault::VersionPruned ? Refusal::VersionPruned : Refusal::PositionUnknown;
}

// The version to go back to, or why there is none.
std::expected<EntryRow, Refusal> target_of(const StateStore& store, const EntryRow& head,
                                           const RollbackEntry& command) {
  std::optional<EntryRow> row;
  if (command.to_version != 0) {
    const auto bytes =
        store.get(Table::Version, keys::of_version(command.path, command.key, command.to_version));
    if (bytes) row = must_decode(decode_entry_row(*bytes));
    if (!row && command.to_version < head.version) return std::unexpected(Refusal::VersionPruned);
  } else {
    AsOf as_of{.revision = command.to_revision, .wall_ms = std::nullopt};
    if (command.to_time_ms != 0) as_of.wall_ms = command.to_time_ms;
    Work work;
    const auto revision = revision_of(store, as_of, work);
    if (!revision) return std::unexpected(refusal_of(revision.error()));
    auto then = version_as_of(store, command.path, command.key, head, *revision, work);
    if (!then) return std::unexpected(refusal_of(then.error()));
    row = std::move(*then);
  }
  if (!row) return std::unexpected(Refusal::VersionNotFound);
  if (row->is_destroyed()) return std::unexpected(Refusal::VersionDestroyed);
  return std::move(*row);
}

}  // namespace

std::optional<EntryRow> restored_by(const StateStore& store, const RollbackEntry& command) {
  const Head head = read_head(store, command.path, command.key);
  if (!head.bytes) return std::nullopt;
  auto target = target_of(store, head.row, command);
  if (!target || target->deleted) return std::nullopt;
  return std::move(*target);
}

Decision decide(StateWriter& state, const Act& act, const RollbackEntry& command) {
  Decision decision;
  decision.action = Action::ConfigRolledBack;
  decision.restored_version = command.to_version;
  const Head head = read_head(state.store(), command.path, command.key);
  decision.current_version = head.live_version();
  if (!head.bytes) {
    const bool there =
        state.store().get(Table::Namespace, keys::of_namespace(command.path)).has_value();
    decision.refusal = there ? Refusal::EntryNotFound : Refusal::NamespaceNotFound;
    return decision;
  }
  auto target = target_of(state.store(), head.row, command);
  if (!target) {
    decision.refusal = target.error();
    return decision;
  }
  const std::uint64_t restored_version = target->version;
  decision.restored_version = restored_version;
  if (target->deleted) {
    decision.refusal = Refusal::VersionIsDeletion;
    return decision;
  }
  decision = publish(state, act,
                     PutEntry{.path = command.path,
                              .key = command.key,
                              .content_type = std::move(target->content_type),
                              .value = std::move(target->value),
                              .labels = std::move(target->labels),
                              .description = std::move(target->description),
                              .precondition = command.precondition,
                              .checked = command.checked,
                              .secrecy = secrecy_of(*target)},
                     restored_version, Among::Alone);
  decision.action = Action::ConfigRolledBack;
  decision.restored_version = restored_version;
  return decision;
}

}  // namespace confman::domain
