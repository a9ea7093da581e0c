#include "domain/model/path.hpp"

#include <algorithm>
#include <optional>

#include "domain/base/assert.hpp"
#include "domain/base/utf8.hpp"
#include "domain/limits.hpp"
#include "domain/model/refused_characters.hpp"

namespace confman::domain {
namespace {

bool is_refused(char32_t code) {
  if (code < 0x80) return code < 0x20 || code == 0x7f;
  const auto* range = std::ranges::lower_bound(kRefusedCharacters, code, {}, &CharacterRange::last);
  return range != kRefusedCharacters.end() && code >= range->first;
}

std::optional<NameFault> find_bad_character(std::string_view name) {
  for (std::size_t at = 0; at < name.size();) {
    const Utf8Char c = first_utf8_char(name.substr(at));
    if (c.size == 0) return NameFault{NameFaultKind::InvalidUtf8, at};
    if (is_refused(c.code)) return NameFault{NameFaultKind::InvalidCharacter, at};
    at += c.size;
  }
  return std::nullopt;
}

bool is_dots(std::string_view segment) {
  return segment == "." || segment == "..";
}

}  // namespace

std::expected<void, NameFault> check_path(std::string_view path) {
  const auto fault = [](NameFaultKind kind, std::size_t offset) {
    return std::unexpected(NameFault{kind, offset});
  };
  if (path.empty()) return fault(NameFaultKind::Empty, 0);
  if (path.front() != '/') return fault(NameFaultKind::NotAbsolute, 0);
  if (path.size() > kMaxPathBytes) return fault(NameFaultKind::TooLong, kMaxPathBytes);
  if (const auto bad = find_bad_character(path)) return std::unexpected(*bad);
  if (path == "/") return {};

  std::size_t depth = 0;
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, end - start);
    if (segment.empty() && end == path.size()) {
      return fault(NameFaultKind::TrailingSlash, path.size() - 1);
    }
    if (segment.empty()) return fault(NameFaultKind::EmptySegment, start);
    if (is_dots(segment)) return fault(NameFaultKind::DotSegment, start);
    if (segment.size() > kMaxSegmentBytes) {
      return fault(NameFaultKind::TooLong, start + kMaxSegmentBytes);
    }
    if (++depth > kMaxPathDepth) return fault(NameFaultKind::TooDeep, start);
    start = end + 1;
  }
  return {};
}

std::expected<void, NameFault> check_key(std::string_view key) {
  const auto fault = [](NameFaultKind kind, std::size_t offset) {
    return std::unexpected(NameFault{kind, offset});
  };
  if (key.empty()) return fault(NameFaultKind::Empty, 0);
  if (key.size() > kMaxKeyBytes) return fault(NameFaultKind::TooLong, kMaxKeyBytes);
  if (const auto bad = find_bad_character(key)) return std::unexpected(*bad);
  const std::size_t slash = key.find('/');
  if (slash != key.npos) return fault(NameFaultKind::SlashInKey, slash);
  if (is_dots(key)) return fault(NameFaultKind::DotSegment, 0);
  return {};
}

std::string_view parent_of(std::string_view path) {
  if (path == "/") return {};
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::size_t depth_of(std::string_view path) {
  if (path == "/") return 0;
  return static_cast<std::size_t>(std::ranges::count(path, '/'));
}

bool is_within(std::string_view path, std::string_view ancestor) {
  if (ancestor == "/") return path.starts_with('/');
  return path.starts_with(ancestor) &&
         (path.size() == ancestor.size() || path[ancestor.size()] == '/');
}

std::string_view code_of(NameFaultKind kind) {
  switch (kind) {
    case NameFaultKind::Empty:
      return "empty_key";
    case NameFaultKind::NotAbsolute:
      return "path_not_absolute";
    case NameFaultKind::TooLong:
      return "key_too_long";
    case NameFaultKind::TooDeep:
      return "path_too_deep";
    case NameFaultKind::EmptySegment:
      return "empty_segment";
    case NameFaultKind::DotSegment:
      return "dot_segment";
    case NameFaultKind::TrailingSlash:
      return "trailing_slash";
    case NameFaultKind::SlashInKey:
      return "slash_in_key";
    case NameFaultKind::InvalidUtf8:
      return "invalid_utf8";
    case NameFaultKind::InvalidCharacter:
      return "invalid_key_character";
  }
  CONFMAN_UNREACHABLE("A fault of a name has no code.");
}

}  // namespace confman::domain
