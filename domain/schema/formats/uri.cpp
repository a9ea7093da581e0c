#include "domain/schema/uri.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "domain/base/utf8.hpp"
#include "domain/schema/formats/ascii.hpp"
#include "domain/schema/formats/formats.hpp"

namespace confman::schema {
namespace {

constexpr std::string_view kSubDelimiters = "!$&'()*+,;=";

// RFC 3987, section 2.2: ucschar, and iprivate where `in_query`.
bool is_international(char32_t c, bool in_query) {
  constexpr std::array<std::pair<char32_t, char32_t>, 3> kBasic{
      {{0xa0, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xffef}}};
  for (const auto& [first, last] : kBasic) {
    if (c >= first && c <= last) return true;
  }
  const bool is_private = (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xf0000 && (c & 0xffff) <= 0xfffd);
  if (is_private) return in_query;
  const bool plane = c >= 0x10000 && c < 0xf0000 && (c & 0xffff) <= 0xfffd;
  return plane && !(c >= 0xe0000 && c < 0xe1000);
}

// Unreserved and escaped characters, the delimiters, and `more`.
bool all_are(std::string_view text, std::string_view more, bool international,
             bool in_query = false) {
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) {
        return false;
      }
      i += 3;
    } else if (is_ascii(c)) {
      const bool unreserved =
          is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
      if (!unreserved && !kSubDelimiters.contains(c) && !more.contains(c)) return false;
      ++i;
    } else {
      const Utf8Char character = first_utf8_char(text.substr(i));
      if (!international || character.size == 0 || !is_international(character.code, in_query)) {
        return false;
      }
      i += character.size;
    }
  }
  return true;
}

bool is_future_address(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == text.npos || dot < 2 || dot + 1 == text.size()) return false;
  if (text[0] != 'v' && text[0] != 'V') return false;
  return std::ranges::all_of(text.substr(1, dot - 1), is_hex_digit) && !text.contains('%') &&
         all_are(text.substr(dot + 1), ":", false);
}

bool is_authority(std::string_view text, bool international) {
  if (const std::size_t at = text.find('@'); at != text.npos) {
    if (!all_are(text.substr(0, at), ":", international)) return false;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return false;
    const std::string_view address = text.substr(1, end - 1);
    if (!is_ipv6(address) && !is_future_address(address)) return false;
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    if (!all_are(text.substr(0, colon), "", international)) return false;
    port = text.substr(colon);
  }
  return port.empty() || (port.front() == ':' && std::ranges::all_of(port.substr(1), is_digit));
}

}  // namespace

bool is_uri_reference(std::string_view text, bool international) {
  const UriParts parts = split_uri(text);
  if (parts.authority && !is_authority(*parts.authority, international)) return false;
  if (!all_are(parts.path, ":@/", international)) return false;
  if (!parts.scheme && !parts.authority) {
    // Else it would be taken for a scheme.
    const std::string_view first = parts.path.substr(0, parts.path.find('/'));
    if (first.contains(':')) return false;
  }
  return all_are(parts.query.value_or(""), ":@/?", international, true) &&
         all_are(parts.fragment.value_or(""), ":@/?", international);
}

bool is_uri(std::string_view text, bool international) {
  return split_uri(text).scheme.has_value() && is_uri_reference(text, international);
}

}  // namespace confman::schema
