#include "adapters/yaml/characters.hpp"
#include "adapters/yaml/parser.hpp"

// Flow nodes: chapter 7 of the specification, without scalars.
namespace confman::yaml {

// ns-flow-node(n, flow-in).
bool Parser::flow_node(int n, bool& json_like) {
  Properties own;
  while (peek() == '&' || peek() == '!') {
    if (!properties(own, true) || !separate(n)) return false;
  }
  json_like = false;
  const char c = peek();
  const bool absent = c == ',' || c == ']' || c == '}' || is_flow_value(false);
  if (own.any() && absent) return emit_absent(own);
  return flow_content(n, own, true, json_like);
}

bool Parser::flow_content(int n, const Properties& properties, bool in_flow, bool& json_like) {
  json_like = true;
  switch (peek()) {
    case '[':
      return flow_sequence(n, properties);
    case '{':
      return flow_mapping(n, properties);
    case '"':
    case '\'':
      return quoted(n, properties);
    default:
      break;
  }
  json_like = false;
  if (peek() == '*') return alias(properties);
  if (begins_plain(in_flow)) return plain(n, properties, in_flow);
  switch (const char c = peek()) {
    case '\0':
      return fail("unexpected_end", "the text ends inside of brackets that are still open");
    case '@':
    case '`':
    case '%':
      return fail("reserved_indicator",
                  std::string("a text that begins with \"") + c + "\" stands in quotes");
    case ',':
      return fail("invalid_yaml", "a value is expected before a comma");
    case ']':
    case '}':
      return fail("invalid_yaml", "a bracket is closed that wasn't opened");
    default:
      return fail("invalid_yaml",
                  std::string("a value can't begin with \"") + c + "\" here; put it in quotes");
  }
}

bool Parser::alias(const Properties& properties) {
  if (properties.any()) return fail("invalid_yaml", "an alias has neither anchor nor tag");
  Event event = event_here(EventKind::Alias);
  const std::size_t begin = ++pos_;
  while (!is_blank(peek()) && !is_flow_indicator(peek())) ++pos_;
  event.source = text_.substr(begin, pos_ - begin);
  if (event.source.empty()) return fail("invalid_yaml", "an alias has a name behind its \"*\"");
  return check_printable(begin, pos_) && emit(event, {});
}

// Behind an entry: a comma, or the end.
bool Parser::flow_next(int n, char close, bool& done) {
  if (!separate(n)) return false;
  done = peek() == close;
  if (done) return true;
  if (peek() == ',') {
    ++pos_;
    if (!separate(n)) return false;
    done = peek() == close;
    return true;
  }
  if (at_end()) {
    return fail("unexpected_end", "the text ends inside of brackets that are still open");
  }
  if (peek() == '#') return fail("invalid_yaml", "a comment begins behind white space");
  return fail("expected_comma", std::string("\",\" or \"") + close + "\" is expected");
}

// c-flow-sequence(n, c).
bool Parser::flow_sequence(int n, const Properties& properties) {
  if (!open(EventKind::SequenceStart, properties)) return false;
  ++pos_;
  if (!separate(n)) return false;
  for (bool done = peek() == ']'; !done;) {
    if (!flow_sequence_entry(n) || !flow_next(n, ']', done)) return false;
  }
  ++pos_;
  return close(EventKind::SequenceEnd);
}

// ns-flow-seq-entry: a node, or a mapping of one pair without its braces.
bool Parser::flow_sequence_entry(int n) {
  if (is_entry('?')) {
    if (!open(EventKind::MapStart, {})) return false;
    return flow_mapping_entry(n) && close(EventKind::MapEnd);
  }
  const KeyCandidate key{events_.size(), pos_, line_};
  bool json_like = false;
  if (is_flow_value(false)) {
    if (!emit_absent({})) return false;
  } else if (!flow_node(n, json_like)) {
    return false;
  }
  const std::size_t end = pos_;
  skip_white();
  if (!is_flow_value(json_like)) {
    pos_ = end;
    return true;
  }
  if (!implicit_key(key) || !open_before(key.event)) return false;
  return flow_value(n, json_like) && close(EventKind::MapEnd);
}

// c-flow-mapping(n, c).
bool Parser::flow_mapping(int n, const Properties& properties) {
  if (!open(EventKind::MapStart, properties)) return false;
  ++pos_;
  if (!separate(n)) return false;
  for (bool done = peek() == '}'; !done;) {
    if (!flow_mapping_entry(n) || !flow_next(n, '}', done)) return false;
  }
  ++pos_;
  return close(EventKind::MapEnd);
}

// ns-flow-map-entry.
bool Parser::flow_mapping_entry(int n) {
  if (is_entry('?')) {
    ++pos_;
    if (!separate(n)) return false;
    const char c = peek();
    if (c == ',' || c == ']' || c == '}') return emit_absent({}) && emit_absent({});
  }
  bool json_like = false;
  if (is_flow_value(false)) {
    if (!emit_absent({})) return false;
  } else if (!flow_node(n, json_like) || !separate(n)) {
    return false;
  }
  return is_flow_value(json_like) ? flow_value(n, json_like) : emit_absent({});
}

// A ":" that a value follows: behind a key that is quoted or in brackets without white space too.
bool Parser::is_flow_value(bool json_like_key) const {
  return peek() == ':' && (json_like_key || is_blank(peek(1)) || is_flow_indicator(peek(1)));
}

bool Parser::flow_value(int n, bool json_like_key) {
  const std::size_t begin = ++pos_;
  if (!separate(n)) return false;
  const char c = peek();
  if (c == ',' || c == ']' || c == '}') return emit_absent({});
  if (pos_ == begin && !json_like_key) {
    return fail("invalid_yaml", "white space is missing behind \":\"");
  }
  bool json_like = false;
  return flow_node(n, json_like);
}

}  // namespace confman::yaml
