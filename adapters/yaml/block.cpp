#include "adapters/yaml/characters.hpp"
#include "adapters/yaml/parser.hpp"

// Block nodes: chapter 8 of the specification.
namespace confman::yaml {
namespace {

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

}  // namespace

bool Parser::is_entry(char indicator, std::size_t ahead) const {
  return peek(ahead) == indicator && is_blank(peek(ahead + 1));
}

// s-l+block-node(n, c), and s-l+block-indented(n, c) where a compact collection may come.
// Properties on lines before the node's are the node's; those on its own line are its first key's
// when it turns out to be a mapping.
bool Parser::block_node(int n, Context context, Compact compact) {
  Properties outer;
  Properties own;
  bool fresh = at_line_start();
  bool spaces_only = true;
  std::size_t begin = pos_;
  for (;;) {
    if (!fresh) {
      spaces_only = skip_white();
      if (at_line_end()) {
        if (!end_line()) return false;
        fresh = true;
      }
    }
    if (fresh) {
      if (at_document_end()) return emit_absent(outer);
      const int indent = leading_spaces();
      const auto width = static_cast<std::size_t>(indent);
      if (indent == n && context == Context::BlockOut && is_entry('-', width)) {
        pos_ += width;
        return block_sequence(indent, outer);
      }
      if (indent <= n) return emit_absent(outer);
      pos_ += width;
      spaces_only = !is_white(peek());
      skip_white();
    }
    begin = pos_;
    own = {};
    if (!properties(own, false)) return false;
    if (!own.any() || !at_line_end()) break;
    if (!merge(outer, own) || !end_line()) return false;
    fresh = true;
  }

  const int column = static_cast<int>(begin - line_start_);
  const bool collection = spaces_only && (fresh || compact == Compact::Yes);
  if (is_entry('-') || is_entry('?')) {
    if (!collection) return misplaced_collection(!spaces_only);
    if (own.any()) {
      return fail("invalid_yaml", "an anchor or tag of a collection stands on a line before it");
    }
    if (peek() == '-') return block_sequence(column, outer);
    return open(EventKind::MapStart, outer) && block_mapping(column);
  }
  if (peek() == '|' || peek() == '>') return merge(outer, own) && block_scalar(n, outer);

  const KeyCandidate key{events_.size(), begin, line_};
  if (is_entry(':')) {
    if (!emit_absent(own)) return false;
  } else {
    bool json_like = false;
    if (!flow_content(n + 1, own, false, json_like)) return false;
    skip_white();
  }
  if (is_entry(':')) {
    if (!implicit_key(key)) return false;
    if (!collection) return misplaced_collection(!spaces_only);
    if (!open_before(key.event)) return false;
    events_[key.event].anchor = outer.anchor;
    events_[key.event].tag = outer.tag;
    return block_mapping(column);
  }
  if (outer.any()) {
    Event& node = events_[key.event];
    if (node.kind == EventKind::Alias) {
      return fail_at(node.offset, "invalid_yaml", "an alias has neither anchor nor tag");
    }
    if (!merge(outer, own)) return false;
    node.anchor = outer.anchor;
    node.tag = outer.tag;
  }
  return end_line();
}

bool Parser::misplaced_collection(bool after_tab) {
  if (after_tab) return fail("tab_indentation", "indentation is of spaces, not of tabs");
  if (peek() == ':') {
    return fail("nested_colon", "a mapping inside of a value begins on a line of its own");
  }
  return fail("invalid_yaml", "a collection inside of a value begins on a line of its own");
}

// What was read as a node turns out to be an implicit key: may it be one?
bool Parser::implicit_key(const KeyCandidate& key) {
  if (key.line != line_) {
    return fail_at(key.offset, "invalid_yaml", "a key stands on one line, or behind \"? \"");
  }
  const std::size_t bytes = pos_ - key.offset;
  if (bytes > kMaxKeyCharacters &&
      characters(text_.substr(key.offset, bytes)) > kMaxKeyCharacters) {
    return fail_at(key.offset, "key_too_long",
                   "a key has 1024 characters at most, or stands behind \"? \"");
  }
  return true;
}

// l+block-sequence, ns-l-compact-sequence.
bool Parser::block_sequence(int column, const Properties& properties) {
  if (!open(EventKind::SequenceStart, properties)) return false;
  for (;;) {
    ++pos_;
    if (!block_node(column, Context::BlockIn, Compact::Yes)) return false;
    if (at_document_end()) break;
    const int indent = leading_spaces();
    if (indent < column) break;
    if (indent > column) {
      pos_ += static_cast<std::size_t>(indent);
      return fail("bad_indentation",
                  "a line is indented differently from those that it belongs to");
    }
    if (!is_entry('-', static_cast<std::size_t>(indent))) break;  // of a mapping around
    pos_ += static_cast<std::size_t>(indent);
  }
  return close(EventKind::SequenceEnd);
}

// l+block-mapping, ns-l-compact-mapping; its start is emitted, and its first key unless that is
// explicit.
bool Parser::block_mapping(int column) {
  for (;;) {
    const bool is_explicit = peek() == '?';
    ++pos_;
    if (is_explicit) {
      if (!block_node(column, Context::BlockOut, Compact::Yes)) return false;
      const bool valued = !at_document_end() && leading_spaces() == column &&
                          is_entry(':', static_cast<std::size_t>(column));
      if (valued) {
        pos_ += static_cast<std::size_t>(column) + 1;
        if (!block_node(column, Context::BlockOut, Compact::Yes)) return false;
      } else if (!emit_absent({})) {
        return false;
      }
    } else if (!block_node(column, Context::BlockOut, Compact::No)) {
      return false;
    }
    if (at_document_end()) break;
    const int indent = leading_spaces();
    if (indent < column) break;
    pos_ += static_cast<std::size_t>(indent);
    if (indent > column) {
      return fail("bad_indentation",
                  "a line is indented differently from those that it belongs to");
    }
    if (!next_key(column)) return false;
  }
  return close(EventKind::MapEnd);
}

bool Parser::next_key(int column) {
  if (peek() == '\t') return fail("tab_indentation", "indentation is of spaces, not of tabs");
  if (is_entry('?')) return true;
  if (is_entry('-')) {
    return fail("unexpected_content", "an item of a sequence stands among the keys of a mapping");
  }
  const KeyCandidate key{events_.size(), pos_, line_};
  Properties own;
  if (!properties(own, false)) return false;
  if (is_entry(':')) return emit_absent(own);
  if (at_line_end()) {
    return fail_at(key.offset, "unexpected_content",
                   "an anchor or a tag isn't indented deeper than its value's key");
  }
  bool json_like = false;
  if (!flow_content(column + 1, own, false, json_like)) return false;
  skip_white();
  if (is_entry(':')) return implicit_key(key);
  return fail_at(key.offset, "unexpected_content",
                 "a line of a mapping is a key, followed by \": \" and its value");
}

}  // namespace confman::yaml
