#include "domain/bindings/query.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/query/page_builder.hpp"

namespace confman::domain {
namespace {

// What there is of a row besides its names.
constexpr std::size_t kOfARow = 256;

}  // namespace

std::expected<FoundSchema, QueryFault> find_schema(const StateStore& store, std::string_view path,
                                                   std::string_view name,
                                                   std::optional<std::uint64_t> version) {
  const auto head = store.get(Table::Schema, keys::of_schema(path, name));
  if (!head) return std::unexpected(QueryFault::SchemaNotFound);
  FoundSchema found{
      std::string(path), std::string(name), 0, must_decode(decode_schema_row(*head)), {}};
  if (!version && found.head.deleted) return std::unexpected(QueryFault::SchemaNotFound);
  found.version = version.value_or(found.head.version);
  const auto row =
      store.get(Table::SchemaVersion, keys::of_schema_version(path, name, found.version));
  if (!row) return std::unexpected(QueryFault::SchemaVersionNotFound);
  found.row = must_decode(decode_schema_version_row(*row));
  return found;
}

std::expected<SchemaPage, QueryFault> list_schemas(const StateStore& store,
                                                   const ListSchemas& query) {
  if (!store.get(Table::Namespace, keys::of_namespace(query.path))) {
    return std::unexpected(QueryFault::NamespaceNotFound);
  }
  const Bytes prefix = keys::of_schema(query.path, {});
  const Bytes from = query.after ? behind(keys::of_schema(query.path, *query.after)) : prefix;
  const auto name_of = [](ByteView key) {
    const auto parsed = keys::parse_key<keys::SchemaKey>(key);
    CONFMAN_ASSERT(parsed, "A row of Schema has a key that does not parse.");
    return std::string(parsed->name);
  };
  PageBuilder<FoundSchemaHead> page(query.limit, query.max_visited, query.max_bytes);
  store.scan(Table::Schema, from, keys::end_of_prefix(prefix), [&](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    SchemaRow row = must_decode(decode_schema_row(value));
    if (row.deleted) return true;
    return page.add({name_of(key), std::move(row)}, kOfARow);
  });
  return page.take(name_of);
}

std::expected<SchemaVersionPage, QueryFault> list_schema_versions(const StateStore& store,
                                                                  const ListSchemaVersions& query) {
  if (!store.get(Table::Schema, keys::of_schema(query.path, query.name))) {
    return std::unexpected(QueryFault::SchemaNotFound);
  }
  const Bytes prefix = keys::of_schema_version(query.path, query.name, 0);
  const Bytes first = prefix.substr(0, prefix.size() - 8);
  const Bytes to = query.before ? keys::of_schema_version(query.path, query.name, *query.before)
                                : keys::end_of_prefix(first);
  const auto version_of = [](ByteView key) {
    const auto parsed = keys::parse_key<keys::SchemaVersionKey>(key);
    CONFMAN_ASSERT(parsed, "A row of SchemaVersion has a key that does not parse.");
    return parsed->version;
  };
  PageBuilder<FoundSchemaVersion> page(query.limit, query.max_visited, query.max_bytes);
  store.scan_backwards(Table::SchemaVersion, first, to, [&](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    FoundSchemaVersion found{version_of(key), 0, must_decode(decode_schema_version_row(value))};
    found.bytes = found.row.text.size();
    found.row.text.clear();
    return page.add(std::move(found), kOfARow);
  });
  return page.take(version_of);
}

std::expected<FoundBinding, QueryFault> find_binding(const StateStore& store,
                                                     std::string_view path) {
  if (!store.get(Table::Namespace, keys::of_namespace(path))) {
    return std::unexpected(QueryFault::NamespaceNotFound);
  }
  for (; !path.empty(); path = parent_of(path)) {
    const auto bytes = store.get(Table::Binding, keys::of_binding(path));
    if (bytes) return FoundBinding{std::string(path), must_decode(decode_binding_row(*bytes))};
  }
  return std::unexpected(QueryFault::BindingNotFound);
}

}  // namespace confman::domain
