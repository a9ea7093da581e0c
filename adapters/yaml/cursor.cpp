#include "adapters/yaml/characters.hpp"
#include "adapters/yaml/parser.hpp"

namespace confman::yaml {

bool Parser::at_comment() const {
  return peek() == '#' && (at_line_start() || is_white(text_[pos_ - 1]));
}

bool Parser::at_line_end() const {
  return at_end() || is_break(peek()) || at_comment();
}

bool Parser::at_marker() const {
  if (!at_line_start() || !is_blank(peek(3))) return false;
  const std::string_view three = text_.substr(pos_, 3);
  return three == "---" || three == "...";
}

bool Parser::at_document_end() const {
  return at_end() || at_marker();
}

int Parser::leading_spaces() const {
  int count = 0;
  while (peek(static_cast<std::size_t>(count)) == ' ') ++count;
  return count;
}

bool Parser::skip_white() {
  bool spaces_only = true;
  for (; is_white(peek()); ++pos_) spaces_only &= peek() == ' ';
  return spaces_only;
}

void Parser::skip_break() {
  pos_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1;
  line_start_ = pos_;
  ++line_;
}

bool Parser::skip_comment() {
  const std::size_t begin = pos_;
  while (!at_end() && !is_break(peek())) ++pos_;
  return check_printable(begin, pos_);
}

bool Parser::skip_blank_lines() {
  while (!at_end()) {
    const std::size_t begin = pos_;
    skip_white();
    if (at_comment() && !skip_comment()) return false;
    if (at_end()) return true;
    if (!is_break(peek())) {
      pos_ = begin;
      return true;
    }
    skip_break();
  }
  return true;
}

bool Parser::end_line() {
  skip_white();
  if (at_comment() && !skip_comment()) return false;
  if (at_end()) return true;
  if (!is_break(peek())) {
    if (peek() == '#') {
      return fail("invalid_yaml", "a comment begins behind white space");
    }
    return fail("trailing_content", "something comes behind the end of a value");
  }
  skip_break();
  return skip_blank_lines();
}

// s-separate-lines: further lines are indented by n spaces at least; tabs may come behind those.
bool Parser::separate(int n) {
  skip_white();
  if (!at_line_end() || at_end()) return true;
  if (!end_line() || at_end()) return !fault_;
  if (at_marker()) {
    return fail("unexpected_end", "a document ends inside of brackets that are still open");
  }
  const int spaces = leading_spaces();
  if (spaces < n) {
    pos_ += static_cast<std::size_t>(spaces);
    if (peek() == '\t') return fail("tab_indentation", "indentation is of spaces, not of tabs");
    return fail("bad_indentation",
                "lines inside of brackets, that of the closing one too, are indented deeper than "
                "what the brackets belong to");
  }
  skip_white();
  return true;
}

bool Parser::check_printable(std::size_t begin, std::size_t end) {
  const std::string_view range = text_.substr(begin, end - begin);
  const std::size_t good = printable_prefix(range);
  if (good == range.size()) return true;
  return fail_at(begin + good, "control_character",
                 "a character that may stand in quotes only: a control character, a byte order "
                 "mark, U+FFFE or U+FFFF");
}

Event Parser::event_here(EventKind kind) const {
  Event event;
  event.kind = kind;
  event.line = static_cast<std::uint32_t>(line_);
  event.offset = static_cast<std::uint32_t>(pos_);
  return event;
}

bool Parser::emit(Event event, const Properties& properties) {
  if (++nodes_ > limits_.max_nodes) {
    return fail_at(event.offset, "too_many_nodes",
                   "more than " + std::to_string(limits_.max_nodes) + " values and keys");
  }
  event.anchor = properties.anchor;
  event.tag = properties.tag;
  events_.push_back(event);
  return true;
}

bool Parser::emit_absent(const Properties& properties) {
  Event event = event_here(EventKind::Scalar);
  if (properties.any()) {
    event.line = static_cast<std::uint32_t>(properties.line);
    event.offset = static_cast<std::uint32_t>(properties.offset);
  }
  return emit(event, properties);
}

bool Parser::open(EventKind kind, const Properties& properties) {
  if (++depth_ > limits_.max_depth) {
    return fail("too_deep", "nested deeper than " + std::to_string(limits_.max_depth));
  }
  return emit(event_here(kind), properties);
}

bool Parser::open_before(std::size_t event) {
  if (++depth_ > limits_.max_depth) {
    return fail("too_deep", "nested deeper than " + std::to_string(limits_.max_depth));
  }
  if (++nodes_ > limits_.max_nodes) {
    return fail("too_many_nodes",
                "more than " + std::to_string(limits_.max_nodes) + " values and keys");
  }
  Event start;
  start.kind = EventKind::MapStart;
  start.line = events_[event].line;
  start.offset = events_[event].offset;
  events_.insert(events_.begin() + static_cast<std::ptrdiff_t>(event), start);
  return true;
}

bool Parser::close(EventKind kind) {
  --depth_;
  events_.push_back(event_here(kind));
  return true;
}

bool Parser::fail(std::string_view code, std::string message) {
  return fail_at(pos_, code, std::move(message));
}

bool Parser::fail_at(std::size_t offset, std::string_view code, std::string message) {
  fault_ = YamlFault{code, std::move(message), mark_at(text_, offset)};
  return false;
}

}  // namespace confman::yaml
