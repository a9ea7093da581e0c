#include "adapters/yaml/yaml_reader.hpp"

#include <algorithm>
#include <istream>
#include <set>
#include <streambuf>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "domain/base/utf8.hpp"

namespace confman::yaml {
namespace {

Mark mark_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

// Builds the tree, or leaves by throwing the fault: the only way out of yaml-cpp's parser.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const YamlLimits& limits) : limits_(limits) {
    open_.push_back({&root_, {}, false});
  }

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add({.kind = YamlNode::Kind::Null, .at = mark_of(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw YamlFault{"alias_not_allowed", "aliases are not allowed", mark_of(mark)};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    add({.kind = YamlNode::Kind::Scalar,
         .at = mark_of(mark),
         .scalar = value,
         .quoted = tag == "!"});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    descend(add({.kind = YamlNode::Kind::Sequence, .at = mark_of(mark)}), mark);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    descend(add({.kind = YamlNode::Kind::Map, .at = mark_of(mark)}), mark);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Level {
    YamlNode* node;
    std::set<std::string> keys;  // of a map
    bool has_key = false;        // a map's key is there, its value comes next
  };

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0)
      throw YamlFault{"anchor_not_allowed", "anchors are not allowed", mark_of(mark)};
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    const bool none = tag.empty() || tag == "?" || tag == "!";
    if (!none) throw YamlFault{"tag_not_allowed", "tags are not allowed", mark_of(mark)};
  }

  YamlNode* add(YamlNode node) {
    if (++nodes_ > limits_.max_nodes) {
      throw YamlFault{"too_many_nodes", "more than " + std::to_string(limits_.max_nodes) + " nodes",
                      node.at};
    }
    Level& level = open_.back();
    if (open_.size() == 1) {
      *level.node = std::move(node);
      return level.node;
    }
    if (level.node->kind == YamlNode::Kind::Sequence) {
      return &level.node->items.emplace_back(std::move(node));
    }
    auto& members = level.node->members;
    if (level.has_key) {
      level.has_key = false;
      members.back().second = std::move(node);
      return &members.back().second;
    }
    if (node.kind != YamlNode::Kind::Scalar && node.kind != YamlNode::Kind::Null) {
      throw YamlFault{"bad_key", "a key must be a scalar", node.at};
    }
    if (!level.keys.insert(node.scalar).second) {
      throw YamlFault{"duplicate_key", "the key \"" + node.scalar + "\" is there twice", node.at};
    }
    level.has_key = true;
    return &members.emplace_back(YamlMember{std::move(node), {}}).first;
  }

  void descend(YamlNode* node, const YAML::Mark& mark) {
    if (open_.size() > limits_.max_depth) {
      throw YamlFault{"too_deep", "nested deeper than " + std::to_string(limits_.max_depth),
                      mark_of(mark)};
    }
    open_.push_back({node, {}, false});
  }

  const YamlLimits& limits_;
  YamlNode root_;
  std::vector<Level> open_;
  std::size_t nodes_ = 0;
};

// An input stream over bytes in place.
struct ViewBuffer final : std::streambuf {
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // get area only: nothing writes to it
    setg(begin, begin, begin + text.size());
  }
};

Mark place_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(lines) + 1, static_cast<int>(offset - line_start) + 1};
}

bool is_stray_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
}

// A directive stands before the document: on the first line that is neither blank nor a comment.
bool begins_with_directive(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') return line[0] == '%';
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return false;
}

std::expected<void, YamlFault> check_bytes(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return std::unexpected(
        YamlFault{"too_large", "more than " + std::to_string(limits.max_bytes) + " bytes", {}});
  }
  if (text.starts_with("\xef\xbb\xbf")) {
    return std::unexpected(YamlFault{"bom_not_allowed", "a byte order mark is not allowed", {}});
  }
  if (begins_with_directive(text)) {
    return std::unexpected(YamlFault{"directive_not_allowed", "directives are not allowed", {}});
  }
  const std::size_t valid = valid_utf8_prefix(text);
  const auto control = std::ranges::find_if(text, is_stray_control);
  const auto control_at = static_cast<std::size_t>(control - text.begin());
  if (valid < control_at) {
    return std::unexpected(YamlFault{"invalid_utf8", "not UTF-8", place_of(text, valid)});
  }
  if (control_at < text.size()) {
    return std::unexpected(
        YamlFault{"control_character", "a control character", place_of(text, control_at)});
  }
  return {};
}

// What yaml-cpp takes for a further document.
YamlFault trailing(std::string_view text) {
  const bool marked = text.find("\n---") != std::string_view::npos;
  return {marked ? "multiple_documents" : "trailing_content",
          "only one document is allowed, and nothing behind it",
          {}};
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

std::expected<YamlNode, YamlFault> read_yaml(std::string_view text, const YamlLimits& limits) {
  if (auto ok = check_bytes(text, limits); !ok) return std::unexpected(ok.error());
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    Builder builder(limits);
    if (!parser.HandleNextDocument(builder)) return YamlNode{};
    YamlNode root = builder.take();
    Builder second(limits);
    if (parser.HandleNextDocument(second)) {
      return std::unexpected(trailing(text));
    }
    return root;
  } catch (const YamlFault& fault) {
    return std::unexpected(fault);
  } catch (const YAML::ParserException& e) {
    return std::unexpected(YamlFault{"invalid_yaml", e.msg, mark_of(e.mark)});
  } catch (const YAML::Exception& e) {
    return std::unexpected(YamlFault{"invalid_yaml", e.msg, mark_of(e.mark)});
  }
}

std::expected<void, YamlFault> check_yaml(std::string_view text, const YamlLimits& limits) {
  if (auto root = read_yaml(text, limits); !root) return std::unexpected(root.error());
  return {};
}

}  // namespace confman::yaml
