#pragma once

#include "consensus/raft/durability.hpp"
#include "consensus/types.hpp"
#include "domain/base/assert.hpp"

namespace confman::consensus {

// The term that this node is in, and whom it has voted for in it: changed in memory and noted for
// the disk in one breath.
class Ballot {
 public:
  Ballot(const HardState& restored, Durability& durable)
      : hard_state_(restored), durable_(durable) {}

  Term term() const { return hard_state_.term; }
  const HardState& hard_state() const { return hard_state_; }

  void set(HardState state) {
    if (state == hard_state_) return;
    CONFMAN_ASSERT(state.term >= hard_state_.term, "The term went backwards.");
    hard_state_ = state;
    durable_.hard_state(state);
  }

 private:
  HardState hard_state_;
  Durability& durable_;
};

}  // namespace confman::consensus
