#include <algorithm>

#include "adapters/yaml/characters.hpp"
#include "adapters/yaml/parser.hpp"

// Anchors and tags: c-ns-properties.
namespace confman::yaml {
namespace {

// The length of the ns-uri-char at the beginning; 0: there is none.
std::size_t uri_char(std::string_view text) {
  if (text.size() >= 3 && text[0] == '%' && is_hex(text[1]) && is_hex(text[2])) return 3;
  return !text.empty() && is_uri(text[0]) ? 1 : 0;
}

}  // namespace

bool Parser::properties(Properties& out, bool in_flow) {
  while (peek() == '&' || peek() == '!') {
    if (!out.any()) {
      out.offset = pos_;
      out.line = line_;
    }
    std::string_view& slot = peek() == '&' ? out.anchor : out.tag;
    if (!slot.empty()) {
      return fail("invalid_yaml",
                  peek() == '&' ? "a second anchor for one value" : "a second tag for one value");
    }
    if (peek() == '&') {
      const std::size_t begin = ++pos_;
      while (!is_blank(peek()) && !is_flow_indicator(peek())) ++pos_;
      slot = text_.substr(begin, pos_ - begin);
      if (slot.empty()) return fail("invalid_yaml", "an anchor has a name behind its \"&\"");
      if (!check_printable(begin, pos_)) return false;
    } else if (!tag(slot)) {
      return false;
    }
    if (!is_blank(peek()) && !(in_flow && is_flow_indicator(peek()))) {
      return fail("invalid_yaml", "white space is missing behind an anchor or a tag");
    }
    skip_white();
  }
  return true;
}

// c-ns-tag-property: "!<verbatim>", "!suffix", "!!suffix", "!handle!suffix", "!".
bool Parser::tag(std::string_view& out) {
  const std::size_t begin = pos_++;
  const bool verbatim = peek() == '<';
  if (verbatim) ++pos_;
  const std::size_t body = pos_;
  std::size_t last_mark = begin;  // of the "!" that ends the handle
  while (const std::size_t length = uri_char(text_.substr(pos_))) {
    const char c = peek();
    if (!verbatim && is_flow_indicator(c)) break;
    if (!verbatim && c == '!') {
      if (last_mark != begin) return fail("invalid_yaml", "a tag has two \"!\" at most");
      last_mark = pos_;
    }
    pos_ += length;
  }
  if (verbatim) {
    const std::string_view uri = text_.substr(body, pos_ - body);
    const bool named = uri.starts_with('!') ? uri.size() > 1 : !uri.empty() && is_letter(uri[0]);
    if (!named || peek() != '>') {
      return fail("invalid_yaml", "a tag in the form \"!<…>\" holds a URI or a local tag");
    }
    ++pos_;
  } else if (last_mark != begin) {
    const std::string_view handle = text_.substr(begin, last_mark + 1 - begin);
    if (pos_ == last_mark + 1) return fail("invalid_yaml", "a tag has a name behind its handle");
    if (!std::ranges::all_of(handle.substr(1, handle.size() - 2), is_word)) {
      return fail_at(begin, "invalid_yaml", "a tag's handle holds letters, digits and hyphens");
    }
    if (handle != "!!" && !handles_.contains(handle)) {
      return fail_at(begin, "undefined_tag",
                     "no %TAG directive of this document declares \"" + std::string(handle) + "\"");
    }
  }
  out = text_.substr(begin, pos_ - begin);
  return true;
}

bool Parser::merge(Properties& outer, const Properties& inner) {
  if (!inner.any()) return true;
  if (!outer.any()) {
    outer = inner;
    return true;
  }
  if (!outer.anchor.empty() && !inner.anchor.empty()) {
    return fail_at(inner.offset, "invalid_yaml", "a second anchor for one value");
  }
  if (!outer.tag.empty() && !inner.tag.empty()) {
    return fail_at(inner.offset, "invalid_yaml", "a second tag for one value");
  }
  if (outer.anchor.empty()) outer.anchor = inner.anchor;
  if (outer.tag.empty()) outer.tag = inner.tag;
  return true;
}

}  // namespace confman::yaml
