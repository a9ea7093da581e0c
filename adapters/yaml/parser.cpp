#include "adapters/yaml/parser.hpp"

#include <algorithm>
#include <array>

#include "adapters/yaml/characters.hpp"

// l-yaml-stream: documents, their markers and directives.
namespace confman::yaml {
namespace {

// Takes the first word off the front.
std::string_view next_word(std::string_view& text) {
  const auto white = [](std::string_view s) { return std::min(s.find_first_of(" \t"), s.size()); };
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const std::string_view word = text.substr(0, white(text));
  text.remove_prefix(word.size());
  return word;
}

bool is_tag_handle(std::string_view text) {
  return text == "!" || text == "!!" ||
         (text.size() > 2 && text.front() == '!' && text.back() == '!' &&
          std::ranges::all_of(text.substr(1, text.size() - 2), is_word));
}

bool is_tag_prefix(std::string_view text) {
  if (text.empty() || is_flow_indicator(text.front())) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_uri(text[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool Parser::parse() {
  bool bare_allowed = true;  // at first, and behind "..."
  for (;;) {
    if (text_.substr(pos_).starts_with(kByteOrderMark)) {
      pos_ += kByteOrderMark.size();
      line_start_ = pos_;
    }
    if (!skip_blank_lines()) return false;
    if (at_end()) return true;
    if (at_line_start() && text_.substr(pos_).starts_with(kByteOrderMark)) continue;

    if (at_marker() && peek() == '.') {
      pos_ += 3;
      if (!end_line()) return false;
      bare_allowed = true;
      continue;
    }
    handles_.clear();
    if (bare_allowed && peek() == '%' && !directives()) return false;
    const bool is_explicit = at_marker();
    if (!is_explicit && !bare_allowed) {
      return fail("trailing_content",
                  "something comes behind the end of a document; \"---\" begins another");
    }
    if (!document(is_explicit)) return false;
    bare_allowed = false;
  }
}

bool Parser::document(bool is_explicit) {
  events_.push_back(event_here(EventKind::DocumentStart));
  if (is_explicit) pos_ += 3;
  if (!block_node(-1, Context::BlockIn, Compact::No)) return false;
  if (!at_document_end() && !text_.substr(pos_).starts_with(kByteOrderMark)) {
    pos_ += static_cast<std::size_t>(leading_spaces());
    if (peek() == '\t') return fail("tab_indentation", "indentation is of spaces, not of tabs");
    return fail("trailing_content",
                "something comes behind the end of a document; \"---\" begins another");
  }
  events_.push_back(event_here(EventKind::DocumentEnd));
  return true;
}

bool Parser::directives() {
  bool version_seen = false;
  while (peek() == '%' && at_line_start()) {
    if (!directive(version_seen) || !end_line()) return false;
  }
  if (at_marker() && peek() == '-') return true;
  return fail("invalid_yaml", "directives are followed by \"---\"");
}

bool Parser::directive(bool& version_seen) {
  const std::size_t begin = ++pos_;
  while (!at_end() && !is_break(peek()) && !at_comment()) ++pos_;
  if (!check_printable(begin, pos_)) return false;
  std::string_view rest = text_.substr(begin, pos_ - begin);
  if (rest.empty() || is_white(rest.front())) {
    return fail_at(begin, "invalid_yaml", "a directive has a name behind its \"%\"");
  }
  const std::string_view name = next_word(rest);
  if (name != "YAML" && name != "TAG") return true;  // reserved ones are passed over
  const std::string_view first = next_word(rest);
  const std::string_view second = next_word(rest);
  const bool is_version = name == "YAML";
  const bool more = !next_word(rest).empty();
  if (more || (is_version && !second.empty())) {
    return fail_at(begin, "invalid_yaml", "too much behind a directive");
  }
  return is_version ? version_directive(version_seen, first) : tag_directive(first, second);
}

bool Parser::version_directive(bool& seen, std::string_view version) {
  if (seen) return fail("invalid_yaml", "a second %YAML directive for one document");
  seen = true;
  const std::size_t dot = version.find('.');
  const bool numbers = dot != 0 && dot != version.npos && dot + 1 < version.size() &&
                       std::ranges::all_of(version.substr(0, dot), is_digit) &&
                       std::ranges::all_of(version.substr(dot + 1), is_digit);
  if (!numbers) return fail("invalid_yaml", "a %YAML directive names a version: %YAML 1.2");
  if (version.substr(0, dot) == "1") return true;
  return fail("invalid_yaml", "a document for another version of YAML than 1");
}

bool Parser::tag_directive(std::string_view handle, std::string_view prefix) {
  if (!is_tag_handle(handle) || !is_tag_prefix(prefix)) {
    return fail("invalid_yaml",
                "a %TAG directive names a handle and a prefix: %TAG !e! tag:e.com,2000:");
  }
  if (handles_.insert(handle).second) return true;
  return fail("invalid_yaml", "a second %TAG directive for one handle");
}

}  // namespace confman::yaml
