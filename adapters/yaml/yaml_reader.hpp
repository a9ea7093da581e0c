#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/yaml/event.hpp"
#include "adapters/yaml/fault.hpp"
#include "adapters/yaml/limits.hpp"

// YAML 1.2 from strangers: what the specification refuses is refused, with its place; what it
// allows is taken, within limits. docs/api.md has the rules. Pure, and thread-safe.
namespace confman::yaml {

// The events of a stream of documents, grammar, unique keys, aliases and limits checked; or the
// first fault. Views point into `text`. None: the stream has no document.
std::expected<std::vector<Event>, YamlFault> read_events(std::string_view text,
                                                         const YamlLimits& limits = {});

// May `text` be stored as a value? Not when there is nothing in it ("empty_document").
std::expected<void, YamlFault> check_yaml(std::string_view text, const YamlLimits& limits = {});

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
  YamlNode first;   // the key: a Scalar or Null
  YamlNode second;  // its value
};

// One document as a tree, for the node's own settings. Stricter than YAML: no further document
// ("multiple_documents"), no byte order mark, anchors, aliases and tags ("…_not_allowed"), and keys
// are scalars ("bad_key"). An empty text is a Null node, as are plain null, ~ and nothing at all.
std::expected<YamlNode, YamlFault> read_yaml(std::string_view text, const YamlLimits& limits = {});

}  // namespace confman::yaml
