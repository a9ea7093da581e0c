#include "adapters/api/yaml_writer.hpp"

#include "domain/json/writer.hpp"

namespace confman::api {

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
  json::append_quoted(text_, name);
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
  json::append_quoted(text_, text);
}

void YamlWriter::scalar(std::string_view text) {
  start_item();
  text_.append(" ").append(text);
}

}  // namespace confman::api
