#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// What is known of a schema but for its text. Its versions are 1, 2, …, and go on after a deletion.
struct SchemaRow {
  std::uint64_t version{};  // the newest; a deletion is none
  bool deleted = false;
  Revision revision;
  std::uint64_t uses{};  // how many bindings name it, in whichever version; maintained by apply
  Actor author;
  HlcStamp created_at;  // of the first version since the last deletion
  HlcStamp updated_at;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "version"}, row.version);
    visit(Field{2, "deleted"}, row.deleted);
    visit(Field{3, "revision"}, row.revision);
    visit(Field{5, "uses"}, row.uses);
    visit(Field{6, "author"}, row.author);
    visit(Field{9, "created"}, row.created_at);
    visit(Field{11, "updated"}, row.updated_at);
  }
  friend bool operator==(const SchemaRow&, const SchemaRow&) = default;
};

// One version: it never changes and is never taken away.
struct SchemaVersionRow {
  Bytes text;  // byte for byte what the author sent
  Revision revision;
  Actor author;
  HlcStamp created_at;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Blob{1, "text", kMaxSchemaTextBytes}, row.text);
    visit(Field{2, "revision"}, row.revision);
    visit(Field{4, "author"}, row.author);
    visit(Field{7, "created"}, row.created_at);
  }
  friend bool operator==(const SchemaVersionRow&, const SchemaVersionRow&) = default;
};

namespace keys {

struct SchemaKey {
  std::string_view path;
  std::string_view name;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
    visit("name", key.name);
  }
};
struct SchemaVersionKey {
  std::string_view path;
  std::string_view name;
  std::uint64_t version{};

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
    visit("name", key.name);
    visit("version", key.version);
  }
};
inline Bytes of_schema(std::string_view path, std::string_view name) {
  return encode_key(SchemaKey{path, name});
}
inline Bytes of_schema_version(std::string_view path, std::string_view name,
                               std::uint64_t version) {
  return encode_key(SchemaVersionKey{path, name, version});
}

}  // namespace keys

struct SchemaTable {
  static constexpr Table kTable = Table::Schema;
  static constexpr const char* kName = "schemas";
  static constexpr bool kDerived = false;
  using Key = keys::SchemaKey;
  using Row = SchemaRow;
  static bool fits(const Key& key, const Row&) {
    return check_path(key.path).has_value() && check_key(key.name).has_value();
  }
};

struct SchemaVersionTable {
  static constexpr Table kTable = Table::SchemaVersion;
  static constexpr const char* kName = "schema_versions";
  static constexpr bool kDerived = false;
  using Key = keys::SchemaVersionKey;
  using Row = SchemaVersionRow;
  static bool fits(const Key& key, const Row&) {
    return check_path(key.path).has_value() && check_key(key.name).has_value() && key.version > 0;
  }
};

Bytes encode(const SchemaRow&);
std::expected<SchemaRow, DecodeFault> decode_schema_row(ByteView, bool* complete = nullptr);
Bytes encode(const SchemaVersionRow&);
std::expected<SchemaVersionRow, DecodeFault> decode_schema_version_row(ByteView,
                                                                       bool* complete = nullptr);

}  // namespace confman::domain
