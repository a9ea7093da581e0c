#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/yaml/event.hpp"
#include "adapters/yaml/fault.hpp"
#include "adapters/yaml/limits.hpp"

namespace confman::yaml {

// YAML 1.2.2 by recursive descent along the productions of the specification, whose names stand in
// the comments. One pass; only the lines behind a plain scalar are looked at twice. What may turn
// out to be the first key of a mapping is read as a node first, and the mapping's start put before
// it: so nothing is read ahead, and memory is bounded by the limit on nodes.
//
// Every bool is "no fault so far".
class Parser {
 public:
  // `text` has passed check_characters() and outlives the parser and its events.
  Parser(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits) {}

  bool parse();  // once
  std::vector<Event> take_events() { return std::move(events_); }
  YamlFault take_fault() { return std::move(*fault_); }

 private:
  // c-ns-properties.
  struct Properties {
    std::string_view anchor;
    std::string_view tag;
    std::size_t offset = 0;
    std::size_t line = 0;
    bool any() const { return !anchor.empty() || !tag.empty(); }
  };
  // What follows a node decides whether it was a key: where that node began, and its event.
  struct KeyCandidate {
    std::size_t event;
    std::size_t offset;
    std::size_t line;
  };

  // parser.cpp: documents
  bool directives();
  bool directive(bool& version_seen);
  bool version_directive(bool& seen, std::string_view version);
  bool tag_directive(std::string_view handle, std::string_view prefix);
  bool document(bool is_explicit);

  // block.cpp: block nodes. `n` is the indentation of the collection around, in spaces; -1: none.
  // At the end the position is at the beginning of the next line with content.
  enum class Context : unsigned char { BlockIn, BlockOut };
  enum class Compact : bool { No, Yes };  // a collection may begin on the indicator's line
  bool block_node(int n, Context context, Compact compact);
  bool block_sequence(int column, const Properties& properties);  // at its first "-"
  bool block_mapping(int column);                                 // at its first "?" or ":"
  bool next_key(int column);
  bool implicit_key(const KeyCandidate& key);
  bool is_entry(char indicator, std::size_t ahead = 0) const;  // followed by a blank
  bool misplaced_collection(bool after_tab);

  // flow.cpp: flow nodes. `n` is the least indentation of further lines.
  bool flow_node(int n, bool& json_like);
  bool flow_content(int n, const Properties& properties, bool in_flow, bool& json_like);
  bool flow_sequence(int n, const Properties& properties);
  bool flow_sequence_entry(int n);
  bool flow_mapping(int n, const Properties& properties);
  bool flow_mapping_entry(int n);
  bool flow_value(int n, bool json_like_key);  // at ":"
  bool is_flow_value(bool json_like_key) const;
  bool flow_next(int n, char close, bool& done);
  bool alias(const Properties& properties);

  // scalars.cpp
  bool plain(int n, const Properties& properties, bool in_flow);
  bool begins_plain(bool in_flow) const;
  void plain_line(bool in_flow, std::size_t& end);
  bool plain_goes_on(int n, bool in_flow);
  bool quoted(int n, const Properties& properties);
  bool escape();
  bool code_escape(std::size_t digits);
  bool quoted_break(int n, std::size_t begin);
  bool block_scalar(int n, const Properties& properties);
  bool block_header(Event& scalar, int& explicit_indent);
  bool block_indent(int n, int& indent);
  bool block_lines(int indent);

  // properties.cpp
  bool properties(Properties& out, bool in_flow);  // those on this line
  bool tag(std::string_view& out);
  bool merge(Properties& outer, const Properties& inner);

  // cursor.cpp: places in the text
  char peek(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  bool at_end() const { return pos_ == text_.size(); }
  bool at_line_start() const { return pos_ == line_start_; }
  bool at_comment() const;       // "#" with white space or nothing before it
  bool at_line_end() const;      // break, end or comment
  bool at_marker() const;        // "---" or "..." that begins a line
  bool at_document_end() const;  // at a line's beginning
  int leading_spaces() const;
  bool skip_white();  // were they spaces only?
  void skip_break();
  bool skip_comment();
  bool skip_blank_lines();  // from a line's beginning to that of the next with content
  bool end_line();          // s-l-comments
  bool separate(int n);     // s-separate?
  bool check_printable(std::size_t begin, std::size_t end);

  bool emit(Event event, const Properties& properties);
  bool emit_absent(const Properties& properties);
  bool open(EventKind kind, const Properties& properties);
  bool open_before(std::size_t event);  // a mapping whose first key is there already
  bool close(EventKind kind);
  Event event_here(EventKind kind) const;
  bool fail(std::string_view code, std::string message);
  bool fail_at(std::size_t offset, std::string_view code, std::string message);

  std::string_view text_;
  const YamlLimits limits_;
  std::size_t pos_ = 0;
  std::size_t line_start_ = 0;
  std::size_t line_ = 1;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
  std::set<std::string_view> handles_;  // that this document declares
  std::vector<Event> events_;
  std::optional<YamlFault> fault_;
};

}  // namespace confman::yaml
