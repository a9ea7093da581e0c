#pragma once

#include <span>

#include "consensus/types.hpp"

namespace confman::consensus {

// Port: what the log is for. Called by the driver on its own thread, in log order.
class StateMachine {
 public:
  virtual ~StateMachine() = default;

  // Each committed entry exactly once, in order, also those that aren't commands. What Membership
  // and FeatureLevel entries say is to be kept with the state: a snapshot names both as of its end.
  virtual void apply(std::span<const Entry> entries) = 0;
  // The state machine was replaced by a snapshot that ends at `last`.
  virtual void restored(LogId last) = 0;
};

}  // namespace confman::consensus
