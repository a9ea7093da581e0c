#pragma once

#include <span>

#include "consensus/effect.hpp"
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

  virtual void proposal_appended(ProposalId id, LogId at) = 0;
  virtual void proposal_refused(ProposalId id, ProposeRefusal why) = 0;
  virtual void read_ready(ReadId id, LogIndex index) = 0;
  virtual void read_failed(ReadId id) = 0;
  virtual void status_changed() = 0;
  // Another configuration is in force: whom this node may have something to say to now.
  virtual void membership_in_force(const Membership& contacts) = 0;

  virtual void change_appended(ChangeId id, LogId at) = 0;
  virtual void change_refused(ChangeId id, ChangeRefusal why) = 0;
  virtual void transfer_given_up(ChangeId id) = 0;

  // The node must stop, for good. It does nothing any more.
  virtual void halted(const Halt& halt) = 0;
};

}  // namespace confman::consensus
