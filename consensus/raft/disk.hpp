#pragma once

#include "consensus/event.hpp"
#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/health.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/raft/transfer.hpp"

namespace confman::consensus {

// Slow and full disks of a leader: it hands over to somebody better off, if there is somebody.
class DiskWatch {
 public:
  DiskWatch(const Context& context, const Durability& durable, const Ballot& ballot, Roles& roles,
            Space& space, Transfers& transfers)
      : context_(context),
        durable_(durable),
        ballot_(ballot),
        roles_(roles),
        space_(space),
        transfers_(transfers) {}

  void on(DiskSpace&& event);
  // A write of this node's own has been done.
  void note_write_time(Leader& leading);
  void check_space(Leader& leading);
  void check_own_disk(Leader& leading);  // may end the leadership

 private:
  const Context& context_;
  const Durability& durable_;
  const Ballot& ballot_;
  Roles& roles_;
  Space& space_;
  Transfers& transfers_;
};

}  // namespace confman::consensus
