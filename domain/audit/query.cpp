#include "domain/audit/query.hpp"

#include <utility>

#include "domain/audit/glance.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/model/path.hpp"
#include "domain/query/page_builder.hpp"

namespace confman::domain {
namespace {

std::optional<EntryRow> version_if_kept(const StateStore& store, const AuditRow& row,
                                        std::uint64_t version) {
  if (version == 0 || row.refusal || !changes(Changed::Entry, row.action)) return std::nullopt;
  const auto bytes = store.get(Table::Version, keys::of_version(row.path, row.key, version));
  if (!bytes) return std::nullopt;
  EntryRow found = must_decode(decode_entry_row(*bytes));
  if (found.is_destroyed()) return std::nullopt;
  return found;
}

bool matches(const ListAudit& query, const AuditGlance& row) {
  return is_within(row.path, query.path) && (!query.actor_id || row.actor_id == *query.actor_id) &&
         (!query.action || row.action == *query.action);
}

void scan_audit(const StateStore& store, const ListAudit& query, const StateStore::Visitor& visit) {
  const Bytes after =
      query.after ? keys::of_audit(query.after->index, query.after->ordinal) : Bytes{};
  if (query.newest_first) {
    store.scan_backwards(Table::Audit, {}, after, visit);
  } else {
    store.scan(Table::Audit, query.after ? behind(after) : after, {}, visit);
  }
}

// The chain value of the newest event up to that place.
Sha256Digest chain_at(const StateStore& store, const keys::AuditKey& place, Work& work) {
  Sha256Digest chain{};
  store.scan_backwards(Table::Audit, {}, behind(keys::of_audit(place.index, place.ordinal)),
                       [&](ByteView, ByteView value) {
                         work += {1, value.size()};
                         chain = must_decode(decode_audit_row(value)).chain;
                         return false;
                       });
  return chain;
}

AuditPage export_audit(const StateStore& store, const ListAudit& query, Sight* sight) {
  CONFMAN_ASSERT(!query.newest_first && query.path == "/" && !query.actor_id && !query.action,
                 "An export leaves something out.");
  PageBuilder<AuditEvent> page(query.limit, query.max_visited, query.max_bytes, sight);
  Work work;
  Sha256Digest previous{};
  if (query.after) previous = chain_at(store, *query.after, work);
  page.look_up(work);
  scan_audit(store, query, [&](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    AuditEvent event{.row = must_decode(decode_audit_row(value)),
                     .previous = {},
                     .current = {},
                     .previous_chain = previous};
    previous = event.row.chain;
    if (!page.sees(event.row.path)) {
      event.withheld = true;
      AuditRow place;
      place.revision = event.row.revision;
      place.ordinal = event.row.ordinal;
      place.chain = event.row.chain;
      event.row = std::move(place);
    }
    return page.add(std::move(event), value.size());
  });
  return page.take([](ByteView key) { return *keys::parse_audit(key); });
}

}  // namespace

AuditPage list_audit(const StateStore& store, const ListAudit& query, Sight* sight) {
  if (query.as_export) return export_audit(store, query, sight);
  PageBuilder<AuditEvent> page(query.limit, query.max_visited, query.max_bytes, sight);
  const auto join = [&](const AuditRow& row, std::uint64_t version) {
    auto entry = version_if_kept(store, row, version);
    if (entry) page.look_up(size_of(entry));
    return entry;
  };
  scan_audit(store, query, [&](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    const AuditGlance glance = glance_at(value);
    if (!matches(query, glance) || !page.sees(glance.path)) return true;
    AuditRow row = must_decode(decode_audit_row(value));
    auto previous = join(row, row.previous_version);
    auto current = join(row, row.new_version);
    const std::size_t size = size_of(previous) + size_of(current);
    return page.add({std::move(row), std::move(previous), std::move(current)}, size);
  });
  return page.take([](ByteView key) { return *keys::parse_audit(key); });
}

}  // namespace confman::domain
