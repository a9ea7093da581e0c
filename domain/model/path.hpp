#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

// The grammar of names: namespace paths and keys.
namespace confman::domain {

enum class NameFaultKind : std::uint8_t {
  Empty,
  NotAbsolute,
  TooLong,
  TooDeep,
  EmptySegment,
  DotSegment,
  TrailingSlash,
  SlashInKey,
  InvalidUtf8,
  InvalidCharacter,  // control, format, separator, combining mark, non-character: see path.hpp
};

struct NameFault {
  NameFaultKind kind{};
  std::size_t offset{};  // byte offset of the offending character

  friend bool operator==(const NameFault&, const NameFault&) = default;
};

// Stable snake_case code, for instance "invalid_key_character".
std::string_view code_of(NameFaultKind kind);

// A namespace path, canonical: "/" or "/a/b" (no trailing slash, no empty, "." or ".." segment).
// UTF-8 in NFC without control characters, format characters (U+200B…, U+202E…), separators other
// than the plain space, or non-characters; kMaxPathBytes, kMaxPathDepth, kMaxSegmentBytes. What
// isn't canonical is refused, never mended: two spellings of one name are two ways past an
// authorization.
//
// NFC is had without the tables of normalisation by refusing every character that could break it,
// so combining marks are refused even where they would be in order (refused_characters.hpp).
std::expected<void, NameFault> check_path(std::string_view path);

// A key: one segment of at most kMaxKeyBytes, by the same rules.
std::expected<void, NameFault> check_key(std::string_view key);

std::string_view parent_of(std::string_view path);  // of "/a/b" "/a"; of "/a" "/"; of "/" ""
std::size_t depth_of(std::string_view path);        // "/" is 0
bool is_within(std::string_view path, std::string_view ancestor);  // also for path == ancestor

}  // namespace confman::domain
