#include "domain/json/writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "domain/base/utf8.hpp"

namespace confman::json {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// What must be escaped, and no more (RFC 8259, section 7).
void append_escaped(std::string& out, unsigned char c) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::size_t which = kShort.find(static_cast<char>(c));
  out.push_back('\\');
  if (which != kShort.npos) {
    out.push_back(kLetters[which]);
    return;
  }
  out += "u00";
  out.push_back(kDigits[c >> 4]);
  out.push_back(kDigits[c & 0xf]);
}

// What stands for itself: most of what there is.
constexpr std::array<bool, 256> plain_characters() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = plain_characters();

std::size_t end_of_plain(std::string_view text, std::size_t at) {
  while (at < text.size() && kPlain[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

template <class Number>
void append_number(std::string& out, Number v) {
  constexpr std::size_t kRoom = 32;  // a shortest double has at most 24 characters
  std::array<char, kRoom> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), v);
  out.append(text.data(), end);
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_plain(text, at);
    out += text.substr(at, end - at);
    if (end == text.size()) break;
    at = end;
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) {
      const Utf8Char character = first_utf8_char(text.substr(at));
      out += character.size == 0 ? kReplacement : text.substr(at, character.size);
      at += character.size == 0 ? 1 : character.size;
    } else {
      append_escaped(out, c);
      ++at;
    }
  }
  out.push_back('"');
}

void Writer::separate() {
  if (needs_comma_) out_.push_back(',');
  needs_comma_ = true;
}

Writer& Writer::begin(char bracket) {
  separate();
  out_.push_back(bracket);
  needs_comma_ = false;
  return *this;
}

Writer& Writer::end(char bracket) {
  out_.push_back(bracket);
  needs_comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_.push_back(':');
  needs_comma_ = false;
  return *this;
}

Writer& Writer::value(std::string_view text) {
  separate();
  append_quoted(out_, text);
  return *this;
}

Writer& Writer::value(double v) {
  if (!std::isfinite(v)) return null();
  separate();
  append_number(out_, v);
  return *this;
}

Writer& Writer::integer(std::int64_t v) {
  separate();
  append_number(out_, v);
  return *this;
}

Writer& Writer::integer(std::uint64_t v) {
  separate();
  append_number(out_, v);
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

}  // namespace confman::json
