#pragma once

#include <span>

#include "consensus/effect.hpp"
#include "consensus/types.hpp"

namespace confman::consensus {

// Port: what the log is for. Called by the driver on its own thread, in log order.
class StateMachine {
 public:
  virtual ~StateMachine() = default;

  // Each committed entry exactly once, in order, also those that aren't commands.
  virtual void apply(std::span<const Entry> entries) = 0;
  // The state machine was replaced by a snapshot that ends at `last`.
  virtual void restored(LogId last) = 0;

  virtual void proposal_appended(ProposalId id, LogId at) = 0;
  virtual void proposal_refused(ProposalId id, ProposeRefusal why) = 0;
  virtual void read_ready(ReadId id, LogIndex index) = 0;
  virtual void read_failed(ReadId id) = 0;
  virtual void status_changed() = 0;
};

}  // namespace confman::consensus
