#include "domain/past/as_of.hpp"

#include "domain/audit/changes.hpp"
#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/query/page_builder.hpp"
#include "domain/state/meta.hpp"

namespace confman::domain {
namespace {

// The newest event up to that index; nothing: there is none.
std::optional<AuditRow> event_up_to(const StateStore& store, std::uint64_t index, Work& work) {
  std::optional<AuditRow> found;
  store.scan_backwards(Table::Audit, {}, behind(keys::of_audit(index, UINT32_MAX)),
                       [&](ByteView, ByteView value) {
                         work += {1, value.size()};
                         found = must_decode(decode_audit_row(value));
                         return false;
                       });
  return found;
}

// Halves the log: an event whose stamp isn't later, with none behind it or one whose stamp is.
Revision newest_not_later(const StateStore& store, std::int64_t wall_ms, Work& work) {
  Revision found;
  // All that is at or below `from` has been seen not to be later, or there is nothing.
  std::uint64_t from = 0;
  std::uint64_t to = meta_of(store).applied.index;
  while (from < to) {
    const std::uint64_t middle = to - (to - from) / 2;
    const auto event = event_up_to(store, middle, work);
    if (event && event->stamp.wall_ms > wall_ms) {
      CONFMAN_ASSERT(event->revision.index > from, "An event lies where none was seen.");
      to = event->revision.index - 1;
    } else {
      if (event) found = event->revision;
      from = middle;
    }
  }
  return found;
}

}  // namespace

std::expected<Revision, QueryFault> revision_of(const StateStore& store, const AsOf& as_of,
                                                Work& work) {
  if (as_of.wall_ms) return newest_not_later(store, *as_of.wall_ms, work);
  work += {2, 0};
  if (as_of.revision.index > meta_of(store).applied.index) {
    return std::unexpected(QueryFault::PositionAhead);
  }
  if (!was_position(store, as_of.revision)) return std::unexpected(QueryFault::PositionUnknown);
  return as_of.revision;
}

std::expected<std::optional<EntryRow>, QueryFault> version_as_of(const StateStore& store,
                                                                 std::string_view path,
                                                                 std::string_view key,
                                                                 const EntryRow& head, Revision at,
                                                                 Work& work) {
  if (head.revision <= at) return head;
  // Of the versions up to `from` the last is `found`, or pruned like all before it; those from `to`
  // on are later.
  std::optional<EntryRow> found;
  std::uint64_t from = 0;
  std::uint64_t to = head.version;
  while (to - from > 1) {
    const std::uint64_t middle = from + (to - from) / 2;
    const auto bytes = store.get(Table::Version, keys::of_version(path, key, middle));
    work += {1, bytes ? bytes->size() : 0};
    if (!bytes) {
      CONFMAN_ASSERT(!found, "The versions of an entry have a gap.");
      from = middle;
      continue;
    }
    EntryRow row = must_decode(decode_entry_row(*bytes));
    if (row.revision <= at) {
      found = std::move(row);
      from = middle;
    } else {
      to = middle;
    }
  }
  if (!found && from > 0) return std::unexpected(QueryFault::VersionPruned);
  return found;
}

std::expected<EntryRow, QueryFault> find_as_of(const StateStore& store, std::string_view path,
                                               std::string_view key, const AsOf& at, Work& work) {
  const auto revision = revision_of(store, at, work);
  if (!revision) return std::unexpected(revision.error());
  work += {1, 0};
  const auto bytes = store.get(Table::Entry, keys::of_entry(path, key));
  if (!bytes) {
    const bool there = store.get(Table::Namespace, keys::of_namespace(path)).has_value();
    return std::unexpected(there ? QueryFault::EntryNotFound : QueryFault::NamespaceNotFound);
  }
  const EntryRow head = must_decode(decode_entry_row(*bytes));
  auto row = version_as_of(store, path, key, head, *revision, work);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::unexpected(QueryFault::EntryNotYet);
  if ((*row)->is_destroyed()) return std::unexpected(QueryFault::VersionDestroyed);
  return std::move(**row);
}

}  // namespace confman::domain
