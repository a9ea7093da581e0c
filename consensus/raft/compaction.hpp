#pragma once

#include "consensus/event.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/raft/send_snapshot.hpp"

namespace confman::consensus {

// How far the log in memory and on disk is cut off at its beginning, and when.
class Compaction {
 public:
  Compaction(Context& context, Log& log, const Roles& roles, Machine& machine,
             const SnapshotSender& snapshot_sender)
      : context_(context),
        log_(log),
        roles_(roles),
        machine_(machine),
        snapshot_sender_(snapshot_sender) {}

  void on(StateDurable&& event);

 private:
  void maybe_compact();
  LogIndex compaction_target();

  Context& context_;
  Log& log_;
  const Roles& roles_;
  Machine& machine_;
  const SnapshotSender& snapshot_sender_;
};

}  // namespace confman::consensus
