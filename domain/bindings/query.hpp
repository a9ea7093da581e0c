#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/bindings/binding.hpp"
#include "domain/bindings/schema_document.hpp"
#include "domain/limits.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// Questions about schemas and bindings (query/page.hpp).
namespace confman::domain {

// A version of a schema, with its text.
struct FoundSchema {
  std::string path;
  std::string name;
  std::uint64_t version{};
  SchemaRow head;
  SchemaVersionRow row;
};
// The newest one, if no version is named; of a deleted schema its versions alone.
std::expected<FoundSchema, QueryFault> find_schema(const StateStore&, std::string_view path,
                                                   std::string_view name,
                                                   std::optional<std::uint64_t> version);

// Live ones, without their texts.
struct FoundSchemaHead {
  std::string name;
  SchemaRow row;
};
using SchemaPage = Page<FoundSchemaHead, std::string>;
struct ListSchemas {
  std::string path;  // of this namespace alone
  std::optional<std::string> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<SchemaPage, QueryFault> list_schemas(const StateStore&, const ListSchemas&);

// Newest first, without their texts.
struct FoundSchemaVersion {
  std::uint64_t version{};
  std::size_t bytes{};
  SchemaVersionRow row;  // its text is empty
};
using SchemaVersionPage = Page<FoundSchemaVersion, std::uint64_t>;
struct ListSchemaVersions {
  std::string path;
  std::string name;
  std::optional<std::uint64_t> before;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<SchemaVersionPage, QueryFault> list_schema_versions(const StateStore&,
                                                                  const ListSchemaVersions&);

// What holds in a namespace, and from where.
struct FoundBinding {
  std::string path;  // of the namespace that binds it
  BindingRow row;
};
std::expected<FoundBinding, QueryFault> find_binding(const StateStore&, std::string_view path);

}  // namespace confman::domain
