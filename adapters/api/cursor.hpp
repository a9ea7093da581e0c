#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/http/problem.hpp"
#include "domain/base/bytes.hpp"
#include "domain/model/revision.hpp"

namespace confman::api {

// An opaque position in a listing: checksummed, and bound to what was listed (resource, path,
// filters) by a hash. It holds the key of the last row that was looked at, item or not, so it is as
// good on any node at any time.
struct Cursor {
  std::uint64_t scope{};
  Bytes position;
};

// The hash over everything that makes up the listing.
std::uint64_t scope_of(std::span<const std::string_view> parts);

std::string encode_cursor(const Cursor& cursor);
// The position. Refused: bad_cursor, and cursor_scope_mismatch when it was given out for another
// listing than `scope`.
std::expected<Bytes, http::Problem> decode_cursor(std::string_view text, std::uint64_t scope);

// Where a listing of the past got to, and the moments that it is of: so all of its pages are.
struct PastPlace {
  std::pair<std::string, std::string> names;
  domain::Revision from;
  domain::Revision to;  // of comparisons
};

// Positions.
Bytes position_of(std::string_view path, std::string_view key);
Bytes position_of(std::uint64_t first, std::uint64_t second);
Bytes position_of(const PastPlace& place);
std::expected<PastPlace, http::Problem> past_place_at(ByteView position);
std::expected<std::pair<std::string, std::string>, http::Problem> names_at(ByteView position);
std::expected<std::pair<std::uint64_t, std::uint64_t>, http::Problem> numbers_at(ByteView position);

}  // namespace confman::api
