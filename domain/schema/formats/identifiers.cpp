#include <algorithm>
#include <cstddef>

#include "domain/schema/formats/ascii.hpp"
#include "domain/schema/formats/formats.hpp"

namespace confman::schema {

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex_digit(text[i])) return false;
  }
  return true;
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '~') continue;
    if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  }
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  const auto take_number = [&text] {
    const std::size_t end =
        std::min(static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()),
                 text.size());
    const bool well_formed = end == 1 || (end > 1 && text.front() != '0');
    text.remove_prefix(end);
    return well_formed;
  };
  if (!take_number()) return false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    text.remove_prefix(1);
    if (text.starts_with('0') || !take_number()) return false;
  }
  return text == "#" || is_json_pointer(text);
}

}  // namespace confman::schema
