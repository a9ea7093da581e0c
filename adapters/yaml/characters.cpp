#include "adapters/yaml/characters.hpp"

#include <algorithm>

#include "domain/base/utf8.hpp"

namespace confman::yaml {
namespace {

bool is_forbidden_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
}

bool is_printable(char32_t c) {
  const bool control = c >= 0x7f && c < 0xa0 && c != 0x85;
  return !control && c != 0xfffe && c != 0xffff && c != 0xfeff;
}

}  // namespace

std::expected<void, YamlFault> check_characters(std::string_view text) {
  const std::size_t valid = valid_utf8_prefix(text);
  const auto control = std::ranges::find_if(text, is_forbidden_control);
  const auto control_at = static_cast<std::size_t>(control - text.begin());
  if (valid < std::min(control_at, text.size())) {
    return std::unexpected(
        YamlFault{"invalid_utf8", "the text isn't UTF-8 here", mark_at(text, valid)});
  }
  if (control_at < text.size()) {
    return std::unexpected(
        YamlFault{"control_character", "a control character", mark_at(text, control_at)});
  }
  return {};
}

std::size_t printable_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] >= ' ' && text[at] < 0x7f) {
      ++at;
      continue;
    }
    const Utf8Char next = first_utf8_char(text.substr(at));
    if (!is_printable(next.code)) break;
    at += std::max<std::size_t>(next.size, 1);
  }
  return at;
}

Mark mark_at(std::string_view text, std::size_t offset) {
  Mark mark;
  std::size_t line_start = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  for (std::size_t i = line_start; i < offset; ++i) {
    if (!is_break(text[i])) continue;
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    ++mark.line;
    line_start = i + 1;
  }
  for (std::size_t i = line_start; i < offset; ++i) {
    mark.column += (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80 ? 1 : 0;
  }
  return mark;
}

}  // namespace confman::yaml
