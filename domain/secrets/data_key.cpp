#include "domain/secrets/data_key.hpp"

#include <algorithm>

#include "domain/codec/must_decode.hpp"

namespace confman::domain {

bool is_master_key_id(std::string_view text) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= kMaxMasterKeyIdBytes && std::ranges::all_of(text, is_good);
}

Bytes encode(const WrappedKey& key) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u64(key.id);
  out.bytes(key.master_key);
  out.bytes(key.wrapped);
  return bytes;
}

std::optional<WrappedKey> parse_wrapped_key(ByteView bytes) {
  ByteReader in(bytes);
  WrappedKey key;
  key.id = in.u64();
  key.master_key = in.bytes(kMaxMasterKeyIdBytes);
  key.wrapped = in.bytes(kMaxWrappedKeyBytes);
  const bool good = in.ok() && in.at_end() && is_master_key_id(key.master_key);
  return good ? std::optional(std::move(key)) : std::nullopt;
}

std::optional<DataKeyRow> find_data_key(const StateStore& store, std::string_view path) {
  const auto bytes = store.get(Table::DataKey, keys::of_data_key(path));
  if (!bytes) return std::nullopt;
  return must_decode(decode_data_key_row(*bytes));
}

Bytes encode(const DataKeyRow& row) {
  return encode_record(row);
}

std::expected<DataKeyRow, DecodeFault> decode_data_key_row(ByteView bytes, bool* complete) {
  return decode_record<DataKeyRow>(bytes, complete);
}

Bytes encode(const MasterKeyRow& row) {
  return encode_record(row);
}

std::expected<MasterKeyRow, DecodeFault> decode_master_key_row(ByteView bytes, bool* complete) {
  return decode_record<MasterKeyRow>(bytes, complete);
}

}  // namespace confman::domain
