#pragma once

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

// The shape that two runs share that failed for the same reason: kind, oracle, and the beginning of
// the sentence without its numbers and names.
// "correctness linearizability Key _: no order explains the answers. The"
std::string shape_of(const RunFailure& failure);

inline bool same_failure(const RunFailure& a, const RunFailure& b) {
  return shape_of(a) == shape_of(b);
}

}  // namespace confman::sim
