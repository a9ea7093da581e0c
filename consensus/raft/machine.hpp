#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "consensus/config.hpp"
#include "consensus/messages.hpp"
#include "consensus/types.hpp"

namespace confman::consensus {

// How far the state machine is, as the node knows it.
struct Machine {
  LogIndex applied;                                  // handed out
  LogIndex durable;                                  // on the state machine's own disk
  std::size_t may_apply = 0;                         // how many more before the next tick
  std::uint64_t feature_level = kFirstFeatureLevel;  // as applied

  // Received and being installed: until it is, nothing is applied and this node doesn't campaign.
  std::optional<SnapshotMeta> installing;
  // The state was lost, and the log doesn't reach back to its beginning: the same.
  bool awaits_state = false;
};

}  // namespace confman::consensus
