#include "adapters/yaml/yaml_reader.hpp"

#include <algorithm>

#include "adapters/yaml/characters.hpp"
#include "adapters/yaml/meaning.hpp"
#include "adapters/yaml/parser.hpp"

namespace confman::yaml {
namespace {

bool is_null(std::string_view plain) {
  return plain.empty() || plain == "~" || plain == "null" || plain == "Null" || plain == "NULL";
}

// A document that holds nothing: not even a node that is written.
bool is_written(const Event& event) {
  const bool marker =
      event.kind == EventKind::DocumentStart || event.kind == EventKind::DocumentEnd;
  return !marker && (event.style != ScalarStyle::Absent || event.kind != EventKind::Scalar ||
                     !event.anchor.empty() || !event.tag.empty());
}

// The tree of one document, level by level.
class Builder {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  std::expected<YamlNode, YamlFault> build(const std::vector<Event>& events) {
    YamlNode root;
    open_ = {&root};
    for (const Event& event : events) {
      if (!see(event)) return std::unexpected(std::move(fault_));
    }
    return root;
  }

 private:
  bool see(const Event& event) {
    if (!event.anchor.empty()) return fail(event, "anchor_not_allowed", "anchors are not allowed");
    if (!event.tag.empty()) return fail(event, "tag_not_allowed", "tags are not allowed");
    switch (event.kind) {
      case EventKind::DocumentStart:
        if (++documents_ == 1) return true;
        return fail(event, "multiple_documents", "only one document is allowed");
      case EventKind::DocumentEnd:
        return true;
      case EventKind::Alias:
        return fail(event, "alias_not_allowed", "aliases are not allowed");
      case EventKind::SequenceEnd:
      case EventKind::MapEnd:
        open_.pop_back();
        key_ = false;
        return true;
      case EventKind::Scalar:
        return add(event, scalar(event)) != nullptr;
      case EventKind::SequenceStart:
      case EventKind::MapStart:
        break;
    }
    YamlNode node;
    node.kind = event.kind == EventKind::MapStart ? YamlNode::Kind::Map : YamlNode::Kind::Sequence;
    YamlNode* added = add(event, std::move(node));
    if (added == nullptr) return false;
    open_.push_back(added);
    return true;
  }

  static YamlNode scalar(const Event& event) {
    YamlNode node;
    node.scalar = content_of(event);
    node.quoted = event.style != ScalarStyle::Absent && event.style != ScalarStyle::Plain;
    const bool null = !node.quoted && is_null(node.scalar);
    node.kind = null ? YamlNode::Kind::Null : YamlNode::Kind::Scalar;
    return node;
  }

  YamlNode* add(const Event& event, YamlNode node) {
    node.at = mark_of(text_, event);
    YamlNode& around = *open_.back();
    if (open_.size() == 1) {
      around = std::move(node);
      return &around;
    }
    if (around.kind == YamlNode::Kind::Sequence) return &around.items.emplace_back(std::move(node));
    if (key_) {
      key_ = false;
      around.members.back().second = std::move(node);
      return &around.members.back().second;
    }
    if (event.kind != EventKind::Scalar) {
      fail(event, "bad_key", "a key must be a single value");
      return nullptr;
    }
    key_ = true;
    return &around.members.emplace_back(YamlMember{std::move(node), {}}).first;
  }

  bool fail(const Event& event, std::string_view code, std::string message) {
    fault_ = {code, std::move(message), mark_of(text_, event)};
    return false;
  }

  std::string_view text_;
  std::vector<YamlNode*> open_;  // the innermost last; none is moved while it is open
  bool key_ = false;             // a key of the innermost is there, its value comes next
  int documents_ = 0;
  YamlFault fault_;
};

}  // namespace

std::expected<std::vector<Event>, YamlFault> read_events(std::string_view text,
                                                         const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return std::unexpected(
        YamlFault{"too_large", "more than " + std::to_string(limits.max_bytes) + " bytes", {}});
  }
  if (auto ok = check_characters(text); !ok) return std::unexpected(ok.error());
  Parser parser(text, limits);
  if (!parser.parse()) return std::unexpected(parser.take_fault());
  std::vector<Event> events = parser.take_events();
  if (auto ok = check_meaning(text, events, limits); !ok) return std::unexpected(ok.error());
  return events;
}

std::expected<void, YamlFault> check_yaml(std::string_view text, const YamlLimits& limits) {
  const auto events = read_events(text, limits);
  if (!events) return std::unexpected(events.error());
  if (std::ranges::any_of(*events, is_written)) return {};
  return std::unexpected(YamlFault{
      "empty_document", "there is nothing in it; an empty value is written as null or \"\"", {}});
}

std::expected<YamlNode, YamlFault> read_yaml(std::string_view text, const YamlLimits& limits) {
  if (text.starts_with(kByteOrderMark)) {
    return std::unexpected(YamlFault{"bom_not_allowed", "a byte order mark is not allowed", {}});
  }
  const auto events = read_events(text, limits);
  if (!events) return std::unexpected(events.error());
  return Builder(text).build(*events);
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

}  // namespace confman::yaml
