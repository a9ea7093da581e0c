#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// YAML from strangers, over yaml-cpp's event interface. The library's own trees follow alias bombs
// and crash on self-references (measured, see docs/dependencies.md), so aliases, anchors, tags and
// further documents are refused while the events come in, and the tree built here is bounded.
namespace confman::yaml {

struct YamlLimits {
  std::size_t max_bytes = 2 * 1024 * 1024;
  std::size_t max_depth = 64;
  std::size_t max_nodes = 50'000;
};

struct Mark {
  int line = 1;    // from 1
  int column = 1;  // from 1
};

struct YamlFault {
  std::string code;  // "invalid_yaml", "too_deep", "alias_not_allowed", …
  std::string message;
  Mark at;
};

struct YamlMember;

struct YamlNode {
  enum class Kind : unsigned char { Null, Scalar, Sequence, Map } kind = Kind::Null;
  Mark at;
  std::string scalar;
  bool quoted = false;              // a quoted scalar is a string, whatever it looks like
  std::vector<YamlNode> items;      // Sequence
  std::vector<YamlMember> members;  // Map, in the order of the text

  const YamlNode* find(std::string_view key) const;
};

struct YamlMember {
  YamlNode first;   // the key
  YamlNode second;  // its value
};

// One document, whole, or the first fault. An empty text is a Null node.
std::expected<YamlNode, YamlFault> read_yaml(std::string_view text, const YamlLimits& limits = {});

// Well-formed within the limits?
std::expected<void, YamlFault> check_yaml(std::string_view text, const YamlLimits& limits = {});

}  // namespace confman::yaml
