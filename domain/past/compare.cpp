#include "domain/past/compare.hpp"

#include <utility>

#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/past/scan.hpp"
#include "domain/state/meta.hpp"

namespace confman::domain {
namespace {

using Row = std::optional<EntryRow>;
using FoundRow = std::expected<Row, QueryFault>;

Row version_numbered(const StateStore& store, const CompareVersions& query, std::uint64_t version,
                     Work& work) {
  const auto bytes = store.get(Table::Version, keys::of_version(query.path, query.key, version));
  work += {1, bytes ? bytes->size() : 0};
  if (!bytes) return std::nullopt;
  return must_decode(decode_entry_row(*bytes));
}

FoundRow chosen(const StateStore& store, const CompareVersions& query, const EntryRow& head,
                const VersionChoice& choice, Work& work) {
  if (const auto* version = std::get_if<std::uint64_t>(&choice)) {
    Row row = version_numbered(store, query, *version, work);
    if (!row) {
      const bool was = *version != 0 && *version < head.version;
      return std::unexpected(was ? QueryFault::VersionPruned : QueryFault::VersionNotFound);
    }
    return row;
  }
  const auto at = revision_of(store, std::get<AsOf>(choice), work);
  if (!at) return std::unexpected(at.error());
  return version_as_of(store, query.path, query.key, head, *at, work);
}

std::size_t bytes_of(const ComparedEntry& entry) {
  return size_of(entry.from) + size_of(entry.to);
}

bool is_destroyed(const Row& row) {
  return row && row->is_destroyed();
}

bool has_content(const Row& row) {
  return row && !row->deleted;
}

}  // namespace

bool same_content(const std::optional<EntryRow>& a, const std::optional<EntryRow>& b) {
  if (!has_content(a) || !has_content(b)) return has_content(a) == has_content(b);
  // What a destroyed one had isn't known: it is the same as no other.
  if (a->is_destroyed() || b->is_destroyed()) return a->version == b->version;
  return same_value(*a, *b) && a->content_type == b->content_type && a->labels == b->labels &&
         a->description == b->description;
}

std::expected<ComparedEntry, QueryFault> compare_versions(const StateStore& store,
                                                          const CompareVersions& query,
                                                          Work& work) {
  const auto bytes = store.get(Table::Entry, keys::of_entry(query.path, query.key));
  work += {1, bytes ? bytes->size() : 0};
  if (!bytes) {
    const bool there = store.get(Table::Namespace, keys::of_namespace(query.path)).has_value();
    return std::unexpected(there ? QueryFault::EntryNotFound : QueryFault::NamespaceNotFound);
  }
  const EntryRow head = must_decode(decode_entry_row(*bytes));
  FoundRow to = query.to ? chosen(store, query, head, *query.to, work) : FoundRow(head);
  if (!to) return std::unexpected(to.error());
  FoundRow from = Row();
  if (query.from) {
    from = chosen(store, query, head, *query.from, work);
  } else if (*to && (*to)->version > 1) {
    from = version_numbered(store, query, (*to)->version - 1, work);
    if (!*from) from = std::unexpected(QueryFault::VersionPruned);
  }
  if (!from) return std::unexpected(from.error());
  if (is_destroyed(*from) || is_destroyed(*to)) {
    return std::unexpected(QueryFault::VersionDestroyed);
  }
  if (!*from && !*to) return std::unexpected(QueryFault::EntryNotYet);
  return ComparedEntry{query.path, query.key, std::move(*from), std::move(*to)};
}

std::expected<ComparedPage, QueryFault> compare_namespace(const StateStore& store,
                                                          const CompareNamespace& query,
                                                          Sight* sight) {
  Work work;
  const auto from = revision_of(store, query.from, work);
  if (!from) return std::unexpected(from.error());
  const auto to = query.to ? revision_of(store, *query.to, work) : meta_of(store).applied;
  if (!to) return std::unexpected(to.error());
  if (!has_or_had(store, query.path)) return std::unexpected(QueryFault::NamespaceNotFound);

  PageBuilder<ComparedEntry> page(query.limit, query.max_visited, query.max_bytes, sight);
  std::optional<QueryFault> fault;
  const auto take = [&](const keys::EntryKey& name, const EntryRow& head) {
    if (head.revision <= *from && head.revision <= *to) return true;  // not changed since
    Work looked;
    auto then = version_as_of(store, name.path, name.key, head, *from, looked);
    auto later = version_as_of(store, name.path, name.key, head, *to, looked);
    page.look_up(looked);
    if (!then || !later) {
      fault = (then ? later : then).error();
      return false;
    }
    ComparedEntry entry{std::string(name.path), std::string(name.key), std::move(*then),
                        std::move(*later)};
    if (same_content(entry.from, entry.to)) return true;
    const std::size_t size = bytes_of(entry);
    return page.add(std::move(entry), size);
  };
  scan_past(store, {query.path, query.recursive, {}, query.after}, page, take);
  if (fault) return std::unexpected(*fault);
  ComparedPage found{page.take([](ByteView bytes) {
                       const auto name = keys::parse_entry(bytes);
                       return EntryPosition(name->path, name->key);
                     }),
                     *from, *to};
  found.work += work;
  return found;
}

}  // namespace confman::domain
