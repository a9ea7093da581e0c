#include <algorithm>
#include <cstddef>

#include "domain/base/utf8.hpp"
#include "domain/schema/formats/ascii.hpp"
#include "domain/schema/formats/formats.hpp"

namespace confman::schema {
namespace {

bool is_escape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && is_hex_digit(text[1]) && is_hex_digit(text[2]);
}

// A name of letters, digits, underscores and escapes, with single dots between them.
bool is_variable_name(std::string_view name) {
  bool behind_character = false;
  while (!name.empty()) {
    std::size_t size = 1;
    if (name.front() == '.') {
      if (!behind_character) return false;
      behind_character = false;
    } else {
      const char c = name.front();
      if (is_escape(name)) {
        size = 3;
      } else if (!is_letter(c) && !is_digit(c) && c != '_') {
        return false;
      }
      behind_character = true;
    }
    name.remove_prefix(size);
  }
  return behind_character;
}

bool is_variable(std::string_view variable) {
  if (variable.ends_with('*')) return is_variable_name(variable.substr(0, variable.size() - 1));
  const std::size_t colon = variable.find(':');
  if (colon == variable.npos) return is_variable_name(variable);
  const std::string_view length = variable.substr(colon + 1);
  return !length.empty() && length.size() <= 4 && length.front() != '0' &&
         std::ranges::all_of(length, is_digit) && is_variable_name(variable.substr(0, colon));
}

bool is_expression(std::string_view text) {
  constexpr std::string_view kOperators = "+#./;?&=,!@|";
  if (!text.empty() && kOperators.contains(text.front())) text.remove_prefix(1);
  while (true) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (!is_variable(text.substr(0, end))) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

// What may stand outside of braces: no controls, no space, and none of "<>\^`{|}. (An apostrophe
// may: erratum 6937.)
bool is_literal(char32_t c) {
  constexpr std::string_view kNone = "\"<>\\^`{|}%";
  if (c < 0x80) return c > 0x20 && c != 0x7f && !kNone.contains(static_cast<char>(c));
  const bool is_control = c < 0xa0;
  const bool is_noncharacter = (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
  return !is_control && !is_noncharacter && c < 0xfff0 + (c > 0xffff ? 0x110000U : 0U);
}

}  // namespace

bool is_uri_template(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == '{') {
      const std::size_t end = text.find('}');
      if (end == text.npos || !is_expression(text.substr(1, end - 1))) return false;
      text.remove_prefix(end + 1);
      continue;
    }
    const bool escape = is_escape(text);
    const Utf8Char c = first_utf8_char(text);
    if (!escape && (c.size == 0 || !is_literal(c.code))) return false;
    text.remove_prefix(escape ? 3 : c.size);
  }
  return true;
}

}  // namespace confman::schema
