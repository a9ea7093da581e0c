#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/secrets/sealed.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// Who destroyed a version, when and why, and what is left of its value (past/commands.hpp).
struct Destruction {
  Revision revision;
  HlcStamp at;
  Actor by;
  std::string why;
  Sha256Digest digest{};  // of the value: digest_of()
  bool keyed = false;     // it was a secret

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "revision"}, row.revision);
    visit(Field{3, "at"}, row.at);
    visit(Field{5, "by"}, row.by);
    visit(Text{8, "why", kMaxDescriptionBytes}, row.why);
    visit(Field{9, "digest"}, row.digest);
    visit(Field{10, "keyed"}, row.keyed);
  }
  friend bool operator==(const Destruction&, const Destruction&) = default;
};
inline constexpr std::size_t kMaxDestructionBytes = kMaxDescriptionBytes + 1024;

// One version of one entry.
struct EntryRow {
  std::uint64_t version{};  // 1, 2, …; goes on after a deletion
  bool deleted = false;     // a tombstone: no content type or labels, and no value of an entry
  Revision revision;
  std::string content_type;
  Bytes value;
  Labels labels;
  std::string description;
  Actor author;
  HlcStamp created_at;  // of the first version since the last tombstone
  HlcStamp updated_at;
  // A secret: the value is what Sealer has made of it (secrets/sealed.hpp).
  bool sealed{};
  // Of a version whose value, labels and description were destroyed: encode(Destruction). In one
  // field, since hardly a row has it.
  Bytes destroyed;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "version"}, row.version);
    visit(Field{2, "deleted"}, row.deleted);
    visit(Field{3, "revision"}, row.revision);
    visit(Text{5, "content_type", kMaxContentTypeBytes}, row.content_type);
    visit(Blob{6, "value", kMaxStoredValueBytes}, row.value);
    visit(Field{7, "labels"}, row.labels);
    visit(Text{8, "description", kMaxDescriptionBytes}, row.description);
    visit(Field{9, "author"}, row.author);
    visit(Field{12, "created"}, row.created_at);
    visit(Field{14, "updated"}, row.updated_at);
    visit(Field{16, "sealed"}, row.sealed);
    visit(Blob{40, "destroyed", kMaxDestructionBytes}, row.destroyed);
  }
  bool is_destroyed() const { return !destroyed.empty(); }
  friend bool operator==(const EntryRow&, const EntryRow&) = default;
};

namespace keys {

struct EntryKey {
  std::string_view path;
  std::string_view key;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
    visit("key", key.key);
  }
};
struct VersionKey {
  std::string_view path;
  std::string_view key;
  std::uint64_t version{};

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
    visit("key", key.key);
    visit("version", key.version);
  }
};
Bytes of_entry(std::string_view path, std::string_view key);
Bytes of_version(std::string_view path, std::string_view key, std::uint64_t version);
std::optional<EntryKey> parse_entry(ByteView key);
std::optional<VersionKey> parse_version(ByteView key);

}  // namespace keys

// Under the empty key stands what a deleted namespace leaves (namespaces/namespace.hpp).
bool fits_deleted_namespace(const EntryRow& row);
template <class Key>
bool fits_entry(const Key& key, const EntryRow& row) {
  if (!check_path(key.path)) return false;
  if (row.sealed && !parse_sealed(row.value)) return false;
  return key.key.empty() ? fits_deleted_namespace(row) : check_key(key.key).has_value();
}

struct EntryTable {
  static constexpr Table kTable = Table::Entry;
  static constexpr const char* kName = "entries";
  static constexpr bool kDerived = false;
  using Key = keys::EntryKey;
  using Row = EntryRow;
  static bool fits(const Key& key, const Row& row) { return fits_entry(key, row); }
};

struct VersionTable {
  static constexpr Table kTable = Table::Version;
  static constexpr const char* kName = "versions";
  static constexpr bool kDerived = false;
  using Key = keys::VersionKey;
  using Row = EntryRow;
  static bool fits(const Key& key, const Row& row) { return fits_entry(key, row); }
};

// What an audit event binds, and two rows are compared by: SHA-256 of a value; of a secret its
// keyed digest. Also of what a reader is shown.
Sha256Digest digest_of(const EntryRow& row);
bool same_value(const EntryRow& a, const EntryRow& b);

// Bytes that people chose: what a page is bounded by.
std::size_t size_of(const std::optional<EntryRow>& row);

// Of a version that is destroyed.
Destruction destruction_of(const EntryRow& row);

Bytes encode(const EntryRow&);
std::expected<EntryRow, DecodeFault> decode_entry_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
