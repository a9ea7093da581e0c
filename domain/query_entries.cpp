#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "domain/page_builder.hpp"
#include "domain/query.hpp"
#include "domain/state_writer.hpp"

namespace confman::domain {
namespace {

bool has_namespace(const StateStore& store, std::string_view path) {
  return store.get(Table::Namespace, keys::of_namespace(path)).has_value();
}

// Why an entry isn't there. Its history outlives its namespace, so this is asked last.
QueryFault missing(const StateStore& store, std::string_view path) {
  return has_namespace(store, path) ? QueryFault::EntryNotFound : QueryFault::NamespaceNotFound;
}

struct Range {
  Bytes from;
  Bytes to;
};

Range with_prefix(Bytes prefix) {
  Bytes to = keys::end_of_prefix(prefix);
  return {std::move(prefix), std::move(to)};
}

// "/a" has its own entries at "/a\0…" and those below at "/a/…"; between the two lie strangers such
// as "/a-b", which a single range would have to wade through.
Range own_entries(const ListEntries& query) {
  return with_prefix(keys::of_entry(query.path, query.key_prefix));
}

Range entries_below(const ListEntries& query) {
  if (query.path != "/") return with_prefix(query.path + "/");
  Range all = with_prefix("/");
  all.from = keys::end_of_prefix(keys::of_entry("/", {}));
  return all;
}

// "name" or "name=value".
bool has_label(const Labels& labels, std::string_view wanted) {
  const std::size_t equals = wanted.find('=');
  const std::string_view name = wanted.substr(0, equals);
  return std::ranges::any_of(labels, [&](const auto& label) {
    if (label.first != name) return false;
    return equals == wanted.npos || label.second == wanted.substr(equals + 1);
  });
}

std::size_t size_of(const EntryRow& row) {
  return row.value.size() + row.description.size();
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
    return must_decode(decode_entry_row(*bytes));
  }
  if (store.get(Table::Entry, keys::of_entry(path, key))) {
    return std::unexpected(QueryFault::VersionNotFound);
  }
  return std::unexpected(missing(store, path));
}

std::expected<Page<FoundEntry>, QueryFault> list_entries(const StateStore& store,
                                                         const ListEntries& query) {
  if (!has_namespace(store, query.path)) return std::unexpected(QueryFault::NamespaceNotFound);
  PageBuilder<FoundEntry> page(query.limit);
  bool full = false;
  const auto visit = [&](ByteView bytes, ByteView value) {
    const auto name = keys::parse_entry(bytes);
    CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
    if (!name->key.starts_with(query.key_prefix)) return true;
    EntryRow row = must_decode(decode_entry_row(value));
    if (row.deleted || (query.label && !has_label(row.labels, *query.label))) return true;
    const std::size_t size = size_of(row);
    full = !page.add({std::string(name->path), std::string(name->key), std::move(row)}, size);
    return !full;
  };
  const Bytes after =
      query.after ? behind(keys::of_entry(query.after->first, query.after->second)) : Bytes{};
  std::array<Range, 2> ranges{own_entries(query), entries_below(query)};
  for (Range& range : std::span(ranges).first(query.recursive ? 2 : 1)) {
    range.from = std::max(range.from, after);
    if (!full && range.from < range.to) store.scan(Table::Entry, range.from, range.to, visit);
  }
  return page.take();
}

std::expected<Page<EntryRow>, QueryFault> list_versions(const StateStore& store,
                                                        const ListVersions& query) {
  if (!store.get(Table::Entry, keys::of_entry(query.path, query.key))) {
    return std::unexpected(missing(store, query.path));
  }
  const Bytes from = keys::of_version(query.path, query.key, 0);
  const Bytes to = query.before != 0 ? keys::of_version(query.path, query.key, query.before)
                                     : behind(keys::of_version(query.path, query.key, UINT64_MAX));
  PageBuilder<EntryRow> page(query.limit);
  store.scan_backwards(Table::Version, from, to, [&](ByteView, ByteView value) {
    EntryRow row = must_decode(decode_entry_row(value));
    const std::size_t size = size_of(row);
    return page.add(std::move(row), size);
  });
  return page.take();
}

}  // namespace confman::domain
