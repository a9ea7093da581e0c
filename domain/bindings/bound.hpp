#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What a namespace is bound to: versions of schemas, each for the namespace as a whole or for the
// values of some of its keys.
namespace confman::domain {

// A schema document that belongs to a namespace.
struct SchemaName {
  std::string path;
  std::string name;

  friend auto operator<=>(const SchemaName&, const SchemaName&) = default;
};

struct BoundSchema {
  SchemaName schema;
  std::uint64_t version{};
  // Of the keys whose values it describes, each by itself: '*' stands for any characters, '?' for
  // one, everything else for itself. Empty: it describes the namespace, as an object whose
  // properties are its keys.
  std::string keys;

  bool is_of_namespace() const { return keys.empty(); }
  friend bool operator==(const BoundSchema&, const BoundSchema&) = default;
};

// In time linear in the text for each '*'.
bool matches(std::string_view pattern, std::string_view key);

// As a row holds them: a line each, fields parted by tabs, which no name holds. The order is the
// caller's.
std::string join_bindings(std::span<const BoundSchema> bound);
// Nothing: this isn't such a text, or has more than kMaxBoundSchemas, or one of them twice.
std::optional<std::vector<BoundSchema>> parse_bindings(std::string_view text);

// "/teams/payments/stripe.schema.json@3"
std::string to_string(const BoundSchema& bound);

}  // namespace confman::domain
