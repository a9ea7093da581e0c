#pragma once

#include <cstddef>
#include <cstdint>

#include "domain/json/value.hpp"

// Equality as JSON has it, not as texts: 1.0 is 1, and the order of an object's members is nothing.
// Recursion is bounded by the depth of what the reader takes.
namespace confman::json {

// Adds to `nodes` how many values were looked at.
bool same(const Value& a, const Value& b, std::size_t& nodes);
// Equal values have equal hashes.
std::uint64_t hash(const Value& value, std::size_t& nodes);

}  // namespace confman::json
