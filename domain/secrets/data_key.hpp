#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/secrets/sealer.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

// The data key of a namespace. It comes with the first value that is sealed there, and stays, also
// when the namespace is deleted: its past is sealed by it.
namespace confman::domain {

struct DataKeyRow {
  std::uint64_t id{};
  std::string master_key;
  Bytes wrapped;
  Revision revision;  // of the last change
  HlcStamp created_at;
  HlcStamp wrapped_at;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "id"}, row.id);
    visit(Text{2, "master_key", kMaxMasterKeyIdBytes}, row.master_key);
    visit(Blob{3, "wrapped", kMaxWrappedKeyBytes}, row.wrapped);
    visit(Field{4, "revision"}, row.revision);
    visit(Field{6, "created"}, row.created_at);
    visit(Field{8, "wrapped_again"}, row.wrapped_at);
  }
  WrappedKey key() const { return {id, master_key, wrapped}; }
  friend bool operator==(const DataKeyRow&, const DataKeyRow&) = default;
};

// How many data keys a master key wraps; there is no row where it is none.
struct MasterKeyRow {
  std::uint64_t wraps{};

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "wraps"}, row.wraps);
  }
  friend bool operator==(const MasterKeyRow&, const MasterKeyRow&) = default;
};

// 1 to kMaxMasterKeyIdBytes of a-z, A-Z, 0-9, '.', '_' and '-'.
bool is_master_key_id(std::string_view text);

// As it stands in a command. Nothing: this isn't one.
Bytes encode(const WrappedKey&);
std::optional<WrappedKey> parse_wrapped_key(ByteView bytes);

namespace keys {

struct WrappedKeyKey {
  std::string_view master_key;
  std::string_view path;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("master_key", key.master_key);
    visit("path", key.path);
  }
};
struct MasterKeyKey {
  std::string_view master_key;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("master_key", key.master_key);
  }
};
inline Bytes of_data_key(std::string_view path) {
  return Bytes(path);
}
inline Bytes of_wrapped_key(std::string_view master_key, std::string_view path) {
  return encode_key(WrappedKeyKey{master_key, path});
}
inline Bytes of_master_key(std::string_view id) {
  return Bytes(id);
}

}  // namespace keys

struct DataKeyTable {
  static constexpr Table kTable = Table::DataKey;
  static constexpr const char* kName = "data_keys";
  static constexpr bool kDerived = false;
  using Key = keys::NamespaceKey;
  using Row = DataKeyRow;
  static bool fits(const Key& key, const Row& row) {
    return check_path(key.path).has_value() && is_master_key_id(row.master_key);
  }
};

// Which namespaces' data keys a master key wraps.
struct WrappedKeyTable {
  static constexpr Table kTable = Table::WrappedKey;
  static constexpr const char* kName = "wrapped_keys";
  static constexpr bool kDerived = false;
  using Key = keys::WrappedKeyKey;
  using Row = KeyAlone;
  static bool fits(const Key& key, const Row&) { return is_master_key_id(key.master_key); }
};

struct MasterKeyTable {
  static constexpr Table kTable = Table::MasterKey;
  static constexpr const char* kName = "master_keys";
  static constexpr bool kDerived = false;
  using Key = keys::MasterKeyKey;
  using Row = MasterKeyRow;
  static bool fits(const Key& key, const Row&) { return is_master_key_id(key.master_key); }
};

std::optional<DataKeyRow> find_data_key(const StateStore&, std::string_view path);

Bytes encode(const DataKeyRow&);
std::expected<DataKeyRow, DecodeFault> decode_data_key_row(ByteView, bool* complete = nullptr);
Bytes encode(const MasterKeyRow&);
std::expected<MasterKeyRow, DecodeFault> decode_master_key_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
