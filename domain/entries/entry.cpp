#include "domain/entries/entry.hpp"

#include "domain/codec/must_decode.hpp"

namespace confman::domain {

std::size_t size_of(const std::optional<EntryRow>& row) {
  if (!row) return 0;
  std::size_t bytes = row->value.size() + row->description.size();
  for (const auto& [name, value] : row->labels) bytes += name.size() + value.size();
  return bytes;
}

Sha256Digest digest_of(const EntryRow& row) {
  return row.sealed ? shown(row.value).digest : sha256(row.value);
}

bool same_value(const EntryRow& a, const EntryRow& b) {
  if (a.sealed != b.sealed) return false;
  return a.sealed ? shown(a.value).digest == shown(b.value).digest : a.value == b.value;
}

Destruction destruction_of(const EntryRow& row) {
  return must_decode(decode_record<Destruction>(row.destroyed));
}

Bytes encode(const EntryRow& row) {
  return encode_record(row);
}

std::expected<EntryRow, DecodeFault> decode_entry_row(ByteView bytes, bool* complete) {
  return decode_record<EntryRow>(bytes, complete);
}

namespace keys {

Bytes of_entry(std::string_view path, std::string_view key) {
  return encode_key(EntryKey{path, key});
}

Bytes of_version(std::string_view path, std::string_view key, std::uint64_t version) {
  return encode_key(VersionKey{path, key, version});
}

std::optional<EntryKey> parse_entry(ByteView key) {
  return parse_key<EntryKey>(key);
}

std::optional<VersionKey> parse_version(ByteView key) {
  return parse_key<VersionKey>(key);
}

}  // namespace keys
}  // namespace confman::domain
