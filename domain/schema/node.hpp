#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/json/decimal.hpp"
#include "domain/json/value.hpp"
#include "domain/schema/formats/content.hpp"
#include "domain/schema/formats/format.hpp"
#include "domain/schema/name_table.hpp"
#include "domain/schema/pattern.hpp"

// A compiled schema from the inside: subschemas as nodes that know each other by number. Keywords
// of both drafts have become the same rules, so nothing here depends on a draft.
namespace confman::schema {

using NodeId = std::uint32_t;
using ResourceId = std::uint32_t;
inline constexpr NodeId kNoNode = std::numeric_limits<NodeId>::max();
inline constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

// A bit for each kind of value, as json::Value::Kind numbers them, and one more.
using TypeSet = std::uint8_t;
inline constexpr TypeSet type_bit(json::Value::Kind kind) {
  return static_cast<TypeSet>(1U << static_cast<unsigned>(kind));
}
inline constexpr TypeSet kIntegerBit = 1U
                                       << 6;  // a number without fraction, where "number" isn't set
inline constexpr TypeSet kAnyType = 0x3f;

// A count that has bounds: characters, items, members.
struct CountRule {
  std::size_t least = 0;
  std::size_t most = kUnbounded;
};

struct NumberLimit {
  json::Decimal value;
  std::string text;                   // as the schema has it
  std::optional<std::int64_t> small;  // where it is a whole number of up to 18 digits
};

struct NumberRules {
  std::optional<NumberLimit> minimum;
  std::optional<NumberLimit> maximum;
  std::optional<NumberLimit> exclusive_minimum;
  std::optional<NumberLimit> exclusive_maximum;
  std::optional<NumberLimit> multiple_of;
  bool all_small = true;
};

struct PatternRule {
  std::shared_ptr<const Pattern> pattern;
  std::string text;
  NodeId node = kNoNode;  // of patternProperties
};

struct StringRules {
  CountRule length;  // in characters
  std::optional<PatternRule> pattern;
  std::optional<Format> format;
  std::optional<Content> content;
};

struct ArrayRules {
  CountRule count;
  bool unique = false;
  std::vector<NodeId> prefix;
  NodeId rest = kNoNode;  // what stands behind the prefix
  NodeId contains = kNoNode;
  CountRule contained{.least = 1};
};

struct ObjectRules {
  struct Property {
    NodeId node = kNoNode;  // none: the name is only required
    bool required = false;
  };
  struct Dependency {
    std::string_view keyword;  // a literal
    std::string name;          // if there is such a member:
    std::vector<std::string> required;
    NodeId node = kNoNode;
  };
  CountRule count;
  NameTable names;
  std::vector<Property> properties;  // by the index of the name
  std::size_t required = 0;
  std::vector<PatternRule> patterns;
  NodeId additional = kNoNode;
  NodeId names_are = kNoNode;  // propertyNames
  std::vector<Dependency> dependencies;
};

struct AllowedValue {
  json::Value value;
  std::string description;
};

struct ValueRules {
  std::optional<json::Value::Array> one_of;
  std::optional<json::Value> constant;
  std::optional<std::vector<AllowedValue>> allowed;
};

// $dynamicRef that leads to a $dynamicAnchor: the outermost resource that has one of this name
// counts.
struct DynamicRef {
  NodeId initial = kNoNode;
  std::optional<std::size_t>
      anchor;  // index into Compiled::dynamic_anchors; none: a plain reference
};

// Subschemas that are tried on the same value.
struct InPlaceRules {
  NodeId ref = kNoNode;
  std::optional<DynamicRef> dynamic_ref;
  std::vector<NodeId> all_of;
  std::vector<NodeId> any_of;
  std::vector<NodeId> one_of;
  NodeId none_of = kNoNode;  // not
  NodeId if_node = kNoNode;
  NodeId then_node = kNoNode;
  NodeId else_node = kNoNode;
  NodeId unevaluated_items = kNoNode;
  NodeId unevaluated_properties = kNoNode;
};

// What an owner says of a value besides what it may be.
struct MarkRules {
  bool encrypted = false;
  std::optional<std::uint32_t> rotation_days;
  std::optional<std::string> deprecated;  // its message, which may be empty
};

struct Node {
  bool rejects = false;  // the schema false
  bool accepts = false;  // true, {}, or nothing but annotations
  TypeSet types = kAnyType;
  ResourceId resource = 0;
  std::string location;  // "#/properties/a", behind the URI of the document if it is another one
  std::unique_ptr<ValueRules> values;
  std::unique_ptr<NumberRules> number;
  std::unique_ptr<StringRules> string;
  std::unique_ptr<ArrayRules> array;
  std::unique_ptr<ObjectRules> object;
  std::unique_ptr<InPlaceRules> in_place;
  std::unique_ptr<MarkRules> marks;
};

struct Compiled {
  // For each name: the resources that have it, and where it leads in them.
  struct DynamicAnchor {
    std::string name;
    std::vector<std::pair<ResourceId, NodeId>> targets;
  };

  std::vector<Node> nodes;  // the root is the first
  std::vector<DynamicAnchor> dynamic_anchors;
  bool has_marks = false;
  std::shared_ptr<const PatternCompiler> patterns;  // for the format "regex"
};

}  // namespace confman::schema
