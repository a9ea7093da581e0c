#pragma once

#include "consensus/raft/commit.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/reads.hpp"
#include "consensus/raft/replication.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/raft/send_snapshot.hpp"
#include "consensus/raft/transfer.hpp"

namespace confman::consensus {

// What followers answer to their leader. Of this term, so of this leadership: an answer to an
// earlier one never gets here.
class Acknowledgements {
 public:
  Acknowledgements(const Context& context, const Log& log, Roles& roles, Replication& replication,
                   Reads& reads, SnapshotSender& snapshot_sender, Commits& commits,
                   Transfers& transfers)
      : context_(context),
        log_(log),
        roles_(roles),
        replication_(replication),
        reads_(reads),
        snapshot_sender_(snapshot_sender),
        commits_(commits),
        transfers_(transfers) {}

  void recv(const Message& message, AppendReply& body);
  void recv(const Message& message, HeartbeatReply& body);
  void recv(const Message& message, SnapshotReply& body);

 private:
  const Context& context_;
  const Log& log_;
  Roles& roles_;
  Replication& replication_;
  Reads& reads_;
  SnapshotSender& snapshot_sender_;
  Commits& commits_;
  Transfers& transfers_;
};

}  // namespace confman::consensus
