#include "domain/audit/query.hpp"

#include <utility>

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
  return must_decode(decode_entry_row(*bytes));
}

bool matches(const ListAudit& query, const AuditRow& row) {
  return is_within(row.path, query.path) && (!query.actor_id || row.actor.id == *query.actor_id) &&
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

}  // namespace

AuditPage list_audit(const StateStore& store, const ListAudit& query, Sight* sight) {
  PageBuilder<AuditEvent> page(query.limit, query.max_visited, query.max_bytes);
  const auto join = [&](const AuditRow& row, std::uint64_t version) {
    auto entry = version_if_kept(store, row, version);
    if (entry) page.look_up(size_of(entry));
    return entry;
  };
  scan_audit(store, query, [&](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    AuditRow row = must_decode(decode_audit_row(value));
    if (!matches(query, row)) return true;
    if (sight != nullptr) {
      const bool seen = sight->sees(row.path);
      page.look_up(sight->take_work());
      if (!seen) return true;
    }
    auto previous = join(row, row.previous_version);
    auto current = join(row, row.new_version);
    const std::size_t size = size_of(previous) + size_of(current);
    return page.add({std::move(row), std::move(previous), std::move(current)}, size);
  });
  return page.take([](ByteView key) { return *keys::parse_audit(key); });
}

}  // namespace confman::domain
