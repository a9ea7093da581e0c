#include "adapters/api/cursor.hpp"

#include "adapters/api/base64.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/parameters.hpp"
#include "domain/base/hash.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxPositionBytes = domain::kMaxPathBytes + domain::kMaxKeyBytes + 64;
constexpr std::size_t kMaxCursorChars = (kMaxPositionBytes + 32) * 4 / 3;

Refused bad_cursor() {
  return Refused(unusable("bad_cursor", Parameter::Cursor,
                          "The cursor isn't one that this API gave out. Start without one."));
}

}  // namespace

std::uint64_t scope_of(std::span<const std::string_view> parts) {
  Bytes joined;
  ByteWriter writer(joined);
  for (const std::string_view part : parts) writer.bytes(part);
  return xxh64(joined);
}

std::string encode_cursor(const Cursor& cursor) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.u8(kFormat);
  writer.u64(cursor.scope);
  writer.bytes(cursor.position);
  writer.u32(crc32c(bytes));
  return to_base64url(bytes);
}

std::expected<Bytes, http::Problem> decode_cursor(std::string_view text, std::uint64_t scope) {
  if (text.empty() || text.size() > kMaxCursorChars) return bad_cursor();
  const auto bytes = from_base64url(text);
  if (!bytes) return bad_cursor();
  ByteReader reader(*bytes);
  const std::uint8_t format = reader.u8();
  const std::uint64_t bound_to = reader.u64();
  Bytes position(reader.bytes(kMaxPositionBytes));
  const std::size_t covered = bytes->size() - reader.remaining();
  const std::uint32_t checksum = reader.u32();
  if (!reader.ok() || !reader.at_end() || format != kFormat) return bad_cursor();
  if (checksum != crc32c(ByteView(*bytes).substr(0, covered))) return bad_cursor();
  if (bound_to != scope) {
    return Refused(
        unusable("cursor_scope_mismatch", Parameter::Cursor,
                 "The cursor was given out for another path or other filters. Use the link as it "
                 "was given, or start without a cursor."));
  }
  return position;
}

Bytes position_of(std::string_view path, std::string_view key) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.bytes(path);
  writer.bytes(key);
  return bytes;
}

Bytes position_of(std::uint64_t first, std::uint64_t second) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.varint(first);
  writer.varint(second);
  return bytes;
}

Bytes position_of(const PastPlace& place) {
  Bytes bytes = position_of(place.names.first, place.names.second);
  ByteWriter writer(bytes);
  for (const domain::Revision& revision : {place.from, place.to}) {
    writer.varint(revision.term);
    writer.varint(revision.index);
  }
  return bytes;
}

std::expected<PastPlace, http::Problem> past_place_at(ByteView position) {
  ByteReader reader(position);
  PastPlace place;
  place.names.first = reader.bytes(domain::kMaxPathBytes);
  place.names.second = reader.bytes(domain::kMaxKeyBytes);
  for (domain::Revision* revision : {&place.from, &place.to}) {
    revision->term = reader.varint();
    revision->index = reader.varint();
  }
  if (!reader.ok() || !reader.at_end()) return bad_cursor();
  return place;
}

std::expected<std::pair<std::string, std::string>, http::Problem> names_at(ByteView position) {
  ByteReader reader(position);
  std::pair<std::string, std::string> names;
  names.first = reader.bytes(domain::kMaxPathBytes);
  names.second = reader.bytes(domain::kMaxKeyBytes);
  if (!reader.ok() || !reader.at_end()) return bad_cursor();
  return names;
}

std::expected<std::pair<std::uint64_t, std::uint64_t>, http::Problem> numbers_at(
    ByteView position) {
  ByteReader reader(position);
  std::pair<std::uint64_t, std::uint64_t> numbers;
  numbers.first = reader.varint();
  numbers.second = reader.varint();
  if (!reader.ok() || !reader.at_end()) return bad_cursor();
  return numbers;
}

}  // namespace confman::api
