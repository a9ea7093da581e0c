#include "domain/entries/query.hpp"

#include <utility>

#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/query/page_builder.hpp"

namespace confman::domain {
namespace {

bool has_namespace(const StateStore& store, std::string_view path) {
  return store.get(Table::Namespace, keys::of_namespace(path)).has_value();
}

// Why an entry isn't there. Its history outlives its namespace, so this is asked last.
QueryFault missing(const StateStore& store, std::string_view path) {
  return has_namespace(store, path) ? QueryFault::EntryNotFound : QueryFault::NamespaceNotFound;
}

}  // namespace

std::expected<EntryRow, QueryFault> find_entry(const StateStore& store, std::string_view path,
                                               std::string_view key) {
  const auto bytes = store.get(Table::Entry, keys::of_entry(path, key));
  if (!bytes) return std::unexpected(missing(store, path));
  EntryRow row = must_decode(decode_entry_row(*bytes));
  if (row.deleted) return std::unexpected(missing(store, path));
  return row;
}

std::expected<EntryRow, QueryFault> find_version(const StateStore& store, std::string_view path,
                                                 std::string_view key, std::uint64_t version) {
  if (const auto bytes = store.get(Table::Version, keys::of_version(path, key, version))) {
    EntryRow row = must_decode(decode_entry_row(*bytes));
    if (row.is_destroyed()) return std::unexpected(QueryFault::VersionDestroyed);
    return row;
  }
  if (const auto head = store.get(Table::Entry, keys::of_entry(path, key))) {
    const bool was = version != 0 && version < must_decode(decode_entry_row(*head)).version;
    return std::unexpected(was ? QueryFault::VersionPruned : QueryFault::VersionNotFound);
  }
  return std::unexpected(missing(store, path));
}

std::expected<VersionPage, QueryFault> list_versions(const StateStore& store,
                                                     const ListVersions& query) {
  if (!store.get(Table::Entry, keys::of_entry(query.path, query.key))) {
    return std::unexpected(missing(store, query.path));
  }
  const Bytes from = keys::of_version(query.path, query.key, 0);
  const Bytes to = query.before != 0 ? keys::of_version(query.path, query.key, query.before)
                                     : behind(keys::of_version(query.path, query.key, UINT64_MAX));
  PageBuilder<EntryRow> page(query.limit, query.max_visited, query.max_bytes);
  store.scan_backwards(Table::Version, from, to, [&](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    EntryRow row = must_decode(decode_entry_row(value));
    const std::size_t size = row.value.size() + row.description.size();
    return page.add(std::move(row), size);
  });
  VersionPage found{page.take([](ByteView key) { return keys::parse_version(key)->version; }), 0};
  store.scan(Table::Version, from, {}, [&found](ByteView key, ByteView) {
    found.oldest = keys::parse_version(key)->version;
    return false;
  });
  return found;
}

}  // namespace confman::domain
