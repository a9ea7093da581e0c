#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/json/value.hpp"

namespace confman::diff {

// What differs in two JSON values, each said once, where it stands.
struct JsonChange {
  enum class Kind : std::uint8_t { Added, Removed, Changed };

  Kind kind{};
  // RFC 6901: where it stands in the later value, of what was removed in the earlier one. Empty is
  // the whole value.
  std::string pointer;
  const json::Value* from = nullptr;  // null: added
  const json::Value* to = nullptr;    // null: removed

  friend bool operator==(const JsonChange&, const JsonChange&) = default;
};

struct JsonDiff {
  // The members of an object in the order of the earlier value, then what was added in that of the
  // later one. Points into the values.
  std::vector<JsonChange> changes;
  bool complete = true;  // false: there may be more; a bound was reached
};

struct JsonLimits {
  std::size_t steps{};  // comparisons of values and names
  std::size_t changes{};
};

// Objects are compared by the names of their members, in whatever order these stand. Arrays by
// place: what is equal at their beginnings and ends is passed, and between that each element is
// compared with the one that stands where it does. Numbers are the same where they are written the
// same. The values must outlive the result.
JsonDiff compare(const json::Value& from, const json::Value& to, const JsonLimits& limits);

}  // namespace confman::diff
