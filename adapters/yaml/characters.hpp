#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "adapters/yaml/fault.hpp"

// The character classes of YAML 1.2.2, chapter 5, over bytes. NUL stands for the end of the text:
// check_characters() refuses it in a text.
namespace confman::yaml {

inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr bool is_break(char c) {
  return c == '\n' || c == '\r';
}
constexpr bool is_white(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool is_end(char c) {
  return c == '\0';
}
constexpr bool is_blank(char c) {  // nothing of a token
  return is_white(c) || is_break(c) || is_end(c);
}
constexpr bool is_flow_indicator(char c) {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}
constexpr bool is_indicator(char c) {
  return c != '\0' && std::string_view("-?:,[]{}#&*!|>'\"%@`").contains(c);
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '-';
}
// Without "%", which begins an escape of three characters.
constexpr bool is_uri(char c) {
  return is_word(c) || (c != '\0' && std::string_view("#;/?:@&=+$,_.!~*'()[]").contains(c));
}

// UTF-8 without C0 controls other than tab and line breaks ("invalid_utf8", "control_character").
// What YAML takes in quotes only is left to printable_prefix().
std::expected<void, YamlFault> check_characters(std::string_view text);

// How many bytes of valid UTF-8 are printable: no DEL, no C1 control but U+0085, no noncharacter
// U+FFFE or U+FFFF, no byte order mark.
std::size_t printable_prefix(std::string_view text);

// Lines end with LF, CR LF or CR; columns are counted in characters.
Mark mark_at(std::string_view text, std::size_t offset);

}  // namespace confman::yaml
