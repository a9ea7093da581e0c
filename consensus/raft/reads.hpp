#pragma once

#include <cstddef>

namespace confman::consensus {

// Read requests that may wait on one node for a round to begin; more are refused.
inline constexpr std::size_t kMaxWaitingReads = 64 * 1024;
// Rounds under way at once, and a follower's questions to its leader. More would answer the single
// reader no sooner, and cost a message per read under load: what can't begin gathers for the next.
inline constexpr std::size_t kMaxReadRounds = 4;
// Rounds of heartbeats that may yet extend a lease.
inline constexpr std::size_t kMaxLeaseRounds = 64;

}  // namespace confman::consensus
