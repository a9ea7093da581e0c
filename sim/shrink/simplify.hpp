#pragma once

#include <cstdint>
#include <vector>

#include "sim/shrink/script.hpp"

namespace confman::sim {

// The fields of operations that can be put back to what a new ClientOp has: conditions, modes,
// limits; not what tells one operation from another.
std::size_t simple_fields();

// Puts one field back in all tries of an operation. False if it changes nothing, or would make the
// client send what it must not.
bool simplify(Script& script, std::uint64_t logical, std::size_t field);

std::vector<std::uint64_t> operations_of(const Script& script);  // logical numbers

}  // namespace confman::sim
