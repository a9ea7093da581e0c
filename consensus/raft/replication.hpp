#pragma once

#include "consensus/raft/context.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/raft/send_snapshot.hpp"

namespace confman::consensus {

// What the leader sends to whom. Nothing here changes the log or the commit index.
class Replication {
 public:
  Replication(Context& context, const Log& log, Outbox& out, Roles& roles,
              SnapshotSender& snapshot_sender)
      : context_(context), log_(log), out_(out), roles_(roles), snapshot_sender_(snapshot_sender) {}

  // The sender, if this node leads and it is a peer of its.
  Progress* heard_from(const Message& message);
  // At the end of each step.
  void replicate(Leader& leading);
  void send_heartbeats(Leader& leading);

 private:
  bool send_append(Leader& leading, Progress& follower);
  void send_heartbeat(Leader& leading, Progress& follower);

  Context& context_;
  const Log& log_;
  Outbox& out_;
  Roles& roles_;
  SnapshotSender& snapshot_sender_;
};

}  // namespace confman::consensus
