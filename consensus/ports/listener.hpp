#pragma once

#include "consensus/effect.hpp"
#include "consensus/types.hpp"

namespace confman::consensus {

// Port: whoever asks this node for something, and hears what has become of it and of the node.
// Called by the driver on its own thread. effect.hpp says what each answer means.
class Listener {
 public:
  virtual ~Listener() = default;

  virtual void proposal_appended(ProposalId id, LogId at) = 0;
  virtual void proposal_refused(ProposalId id, ProposeRefusal why) = 0;
  virtual void read_ready(ReadId id, LogIndex index) = 0;
  virtual void read_failed(ReadId id) = 0;

  virtual void change_appended(ChangeId id, LogId at) = 0;
  virtual void change_refused(ChangeId id, ChangeRefusal why) = 0;
  virtual void transfer_given_up(ChangeId id) = 0;

  virtual void status_changed() = 0;
  // Another configuration is in force: whom this node may have something to say to now.
  virtual void membership_in_force(const Membership& contacts) = 0;
  // The node must stop, for good. It does nothing any more.
  virtual void halted(const Halt& halt) = 0;
};

}  // namespace confman::consensus
