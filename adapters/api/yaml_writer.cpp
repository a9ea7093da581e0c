#include "adapters/api/yaml_writer.hpp"

#include <array>
#include <cstdio>

#include "domain/base/utf8.hpp"
#include "domain/json/writer.hpp"

namespace confman::api {
namespace {

// A key that ends at its ":" has at most as many characters (YAML 1.2 §7.4.2); a longer one is
// marked by "?".
constexpr std::size_t kMaxImplicitKey = 1024;

// What JSON may hold as it is and YAML 1.2 wants escaped when it is written (§5.1), or what some
// readers take for a line break or for the beginning of a text.
bool needs_escape(char32_t code) {
  const bool control = code >= 0x7F && code <= 0x9F;
  const bool line_break = code == 0x2028 || code == 0x2029;
  const bool no_character = code == 0xFFFE || code == 0xFFFF;
  return control || line_break || no_character || code == 0xFEFF;  // the byte order mark
}

void append_quoted(std::string& out, std::string_view text) {
  std::string quoted;
  json::append_quoted(quoted, text);
  std::string_view rest = quoted;
  while (!rest.empty()) {
    std::size_t plain = 0;
    while (plain < rest.size() && rest[plain] >= ' ' && rest[plain] < 0x7F) ++plain;
    out.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.empty()) return;
    const Utf8Char character = first_utf8_char(rest);
    if (needs_escape(character.code)) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(character.code));
      out.append(escape.data());
    } else {
      out.append(rest.substr(0, character.size));
    }
    rest.remove_prefix(character.size);
  }
}

}  // namespace

// A nested collection starts on a line of its own: "name:" or "-", then deeper lines. Whether it is
// empty ("{}", "[]") is known only at its end.

void YamlWriter::new_line() {
  if (!text_.empty()) text_.push_back('\n');
  text_.append((levels_.size() - 1) * 2, ' ');
}

void YamlWriter::start_item() {
  if (levels_.empty() || levels_.back().open != '[') return;
  levels_.back().empty = false;
  new_line();
  text_.push_back('-');
}

void YamlWriter::name(std::string_view name) {
  levels_.back().empty = false;
  new_line();
  std::string quoted;
  append_quoted(quoted, name);
  if (quoted.size() > kMaxImplicitKey) {
    text_.append("? ").append(quoted);
    new_line();
  } else {
    text_.append(quoted);
  }
  text_.push_back(':');
}

void YamlWriter::begin(char open, char close) {
  start_item();
  levels_.push_back({open, close});
}

void YamlWriter::end() {
  const Level level = levels_.back();
  levels_.pop_back();
  if (level.empty) {
    if (!text_.empty()) text_.push_back(' ');
    text_.append({level.open, level.close});
  }
  if (levels_.empty()) text_.push_back('\n');
}

void YamlWriter::string(std::string_view text) {
  start_item();
  text_.push_back(' ');
  append_quoted(text_, text);
}

void YamlWriter::scalar(std::string_view text) {
  start_item();
  text_.append(" ").append(text);
}

}  // namespace confman::api
