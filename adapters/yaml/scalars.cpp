#include <algorithm>

#include "adapters/yaml/characters.hpp"
#include "adapters/yaml/parser.hpp"

// Plain, quoted and block scalars. Here they are checked and found; content_of() makes sense of
// them.
namespace confman::yaml {
namespace {

// ns-plain-safe(c).
bool is_plain_safe(char c, bool in_flow) {
  return !is_blank(c) && !(in_flow && is_flow_indicator(c));
}

}  // namespace

// ns-plain-first(c).
bool Parser::begins_plain(bool in_flow) const {
  const char c = peek();
  if (is_blank(c)) return false;
  if (c == '-' || c == '?' || c == ':') return is_plain_safe(peek(1), in_flow);
  return !is_indicator(c);
}

// ns-plain(n, c).
bool Parser::plain(int n, const Properties& properties, bool in_flow) {
  Event event = event_here(EventKind::Scalar);
  event.style = ScalarStyle::Plain;
  const std::size_t begin = pos_;
  std::size_t end = pos_;
  do {
    plain_line(in_flow, end);
  } while (is_break(peek()) && plain_goes_on(n, in_flow));
  pos_ = end;
  event.source = text_.substr(begin, end - begin);
  return check_printable(begin, end) && emit(event, properties);
}

// Up to what can't belong to it; `end` is behind the last that isn't white space.
void Parser::plain_line(bool in_flow, std::size_t& end) {
  for (; !at_end() && !is_break(peek()); ++pos_) {
    const char c = peek();
    if (is_white(c)) continue;
    if (c == ':' && !is_plain_safe(peek(1), in_flow)) return;
    if (c == '#' && is_white(text_[pos_ - 1])) return;
    if (in_flow && is_flow_indicator(c)) return;
    end = pos_ + 1;
  }
}

// At a break: goes to where the next line carries the scalar on, or stays.
bool Parser::plain_goes_on(int n, bool in_flow) {
  const std::size_t pos = pos_;
  const std::size_t line_start = line_start_;
  const std::size_t line = line_;
  while (is_break(peek())) {
    skip_break();
    skip_white();
  }
  bool goes_on = false;
  if (!at_end()) {
    pos_ = line_start_;
    const bool indented = leading_spaces() >= n && !at_marker();
    skip_white();
    const char c = peek();
    goes_on = indented && c != '#' && !(in_flow && is_flow_indicator(c)) &&
              !(c == ':' && !is_plain_safe(peek(1), in_flow));
  }
  if (goes_on) return true;
  pos_ = pos;
  line_start_ = line_start;
  line_ = line;
  return false;
}

// c-double-quoted(n, c), c-single-quoted(n, c).
bool Parser::quoted(int n, const Properties& properties) {
  Event event = event_here(EventKind::Scalar);
  const char quote = peek();
  event.style = quote == '"' ? ScalarStyle::Double : ScalarStyle::Single;
  const std::size_t begin = pos_++;
  for (;;) {
    const char c = peek();
    if (at_end()) break;
    if (is_break(c)) {
      if (!quoted_break(n, begin)) return false;
    } else if (c == '\\' && quote == '"') {
      if (!escape()) return false;
    } else if (c == quote && quote == '\'' && peek(1) == '\'') {
      pos_ += 2;
    } else if (c == quote) {
      event.source = text_.substr(begin + 1, pos_ - begin - 1);
      ++pos_;
      return emit(event, properties);
    } else {
      ++pos_;
    }
  }
  return fail_at(begin, "unterminated_string", "a quote is opened and not closed");
}

bool Parser::quoted_break(int n, std::size_t begin) {
  while (is_break(peek())) {
    skip_break();
    if (at_marker()) {
      return fail_at(begin, "unterminated_string",
                     "a quote isn't closed before \"---\" or \"...\" ends the document");
    }
    const int spaces = leading_spaces();
    skip_white();
    if (is_break(peek()) || at_end() || spaces >= n) continue;
    pos_ = line_start_ + static_cast<std::size_t>(spaces);
    if (peek() == '\t') return fail("tab_indentation", "indentation is of spaces, not of tabs");
    return fail("bad_indentation",
                "lines of a quoted text are indented deeper than what the text belongs to (or a "
                "quote before them isn't closed)");
  }
  return true;
}

// c-ns-esc-char, or an escaped break.
bool Parser::escape() {
  const char c = peek(1);
  if (is_break(c)) {
    ++pos_;
    return true;
  }
  if (c == 'x') return code_escape(2);
  if (c == 'u') return code_escape(4);
  if (c == 'U') return code_escape(8);
  if (is_end(c) || !std::string_view("0abt\tnvfre \"/\\N_LP").contains(c)) {
    return fail("bad_escape",
                "behind a backslash in double quotes comes one of 0 a b t n v f r e N _ L P x u U "
                "\" / \\, a space, a tab or a line break");
  }
  pos_ += 2;
  return true;
}

// Surrogates come in pairs, as JSON has them.
bool Parser::code_escape(std::size_t digits) {
  const auto read = [&](std::size_t at, std::size_t count, std::uint32_t& value) {
    value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      const char c = peek(i);
      if (!is_hex(c)) return false;
      value =
          value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return true;
  };
  std::uint32_t code = 0;
  if (!read(2, digits, code)) {
    return fail("bad_escape", "hexadecimal digits are missing: \\x has 2, \\u has 4, \\U has 8");
  }
  if (code > 0x10ffff) return fail("bad_escape", "no character is above U+10FFFF");
  if (code < 0xd800 || code > 0xdfff) {
    pos_ += 2 + digits;
    return true;
  }
  std::uint32_t low = 0;
  const bool paired = digits == 4 && code < 0xdc00 && peek(6) == '\\' && peek(7) == 'u' &&
                      read(8, 4, low) && low >= 0xdc00 && low <= 0xdfff;
  if (!paired) return fail("lone_surrogate", "half of a surrogate pair");
  pos_ += 12;
  return true;
}

// c-l+literal(n), c-l+folded(n).
bool Parser::block_scalar(int n, const Properties& properties) {
  Event event = event_here(EventKind::Scalar);
  int indent = 0;
  if (!block_header(event, indent)) return false;
  if (is_break(peek())) skip_break();
  if (indent > 0) {
    indent += n;
  } else if (!block_indent(n, indent)) {
    return false;
  }
  const std::size_t begin = pos_;
  if (!at_end() && !block_lines(indent)) return false;
  event.indent = static_cast<std::uint32_t>(indent);
  event.source = text_.substr(begin, pos_ - begin);
  return check_printable(begin, pos_) && emit(event, properties) && skip_blank_lines();
}

// c-b-block-header(t). explicit_indent is 0 without an indication.
bool Parser::block_header(Event& scalar, int& explicit_indent) {
  scalar.style = peek() == '|' ? ScalarStyle::Literal : ScalarStyle::Folded;
  ++pos_;
  bool chomping = false;
  for (;; ++pos_) {
    const char c = peek();
    if (!chomping && (c == '+' || c == '-')) {
      chomping = true;
      scalar.chomping = c == '+' ? Chomping::Keep : Chomping::Strip;
    } else if (explicit_indent == 0 && c >= '1' && c <= '9') {
      explicit_indent = c - '0';
    } else {
      break;
    }
  }
  skip_white();
  if (at_comment() && !skip_comment()) return false;
  if (at_end() || is_break(peek())) return true;
  return fail("bad_block_indicator",
              "behind \"|\" or \">\" come a digit from 1 to 9, one of \"+\" and \"-\", or nothing, "
              "and then the line ends");
}

// Finds the indentation: that of the first line with content.
bool Parser::block_indent(int n, int& indent) {
  const std::size_t pos = pos_;
  const int least = n + 1;
  int deepest_blank = 0;
  int spaces = 0;
  for (;;) {
    spaces = leading_spaces();
    pos_ += static_cast<std::size_t>(spaces);
    if (at_end() || is_break(peek())) deepest_blank = std::max(deepest_blank, spaces);
    if (!is_break(peek())) break;
    pos_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1;
  }
  const std::string_view rest = text_.substr(pos_);
  const bool marker =
      spaces == 0 && is_blank(peek(3)) && (rest.starts_with("---") || rest.starts_with("..."));
  const bool content = !at_end() && !marker && spaces >= least;
  if (content && deepest_blank > spaces) {
    return fail("bad_indentation",
                "an empty line at the beginning of a block is indented deeper than its first line");
  }
  indent = content ? spaces : std::max(least, deepest_blank);
  pos_ = pos;
  return true;
}

bool Parser::block_lines(int indent) {
  while (!at_end()) {
    if (at_marker()) return true;
    int spaces = 0;
    while (spaces < indent && peek(static_cast<std::size_t>(spaces)) == ' ') ++spaces;
    const auto width = static_cast<std::size_t>(spaces);
    const char c = peek(width);
    if (spaces < indent && !is_break(c) && !is_end(c)) {
      if (c != '\t') return true;
      const std::size_t text = text_.find_first_not_of(" \t", pos_ + width);
      if (text != text_.npos && !is_break(text_[text])) return true;
      pos_ += width;
      return fail("tab_indentation", "indentation is of spaces, not of tabs");
    }
    while (!at_end() && !is_break(peek())) ++pos_;
    if (!at_end()) skip_break();
  }
  return true;
}

}  // namespace confman::yaml
