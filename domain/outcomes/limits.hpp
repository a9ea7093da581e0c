#pragma once

#include <cstddef>
#include <cstdint>

#include "domain/limits.hpp"

namespace confman::domain {

// How long outcomes are remembered, and how many: as a value, because it decides what a command
// comes to, and so must be the same on every node of a cluster. Only simulations have others than
// these.
struct OutcomeLimits {
  std::int64_t lifetime_ms = kOutcomeLifetimeMs;
  std::uint64_t max = kMaxOutcomes;
  std::size_t max_evictions = kMaxEvictionsPerCommand;  // by one command
};

}  // namespace confman::domain
