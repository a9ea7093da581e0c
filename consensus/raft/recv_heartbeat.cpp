#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

void RaftNode::recv(const Message& m, Heartbeat& body) {
  follow(m.from);
  if (!repair_) {
    // Within a term nothing that was acknowledged to its leader can go: unless the disk has lied,
    // or has been exchanged for an older copy of itself. (What has been repaired is on its way to
    // the disk, and was there before.)
    if (body.match > log_.last()) {
      return halt(HaltReason::LogRegressed, body.match, log_.last());
    }
    commit_to(body.commit);
  }
  send(m.from, HeartbeatReply{.round = body.round,
                              .condition = condition(),
                              .feature_level = config_.max_feature_level});
}

void RaftNode::recv(const Message& m, HeartbeatReply& body) {
  Progress* follower = heard_from(m);
  if (!follower) return;
  auto& leading = std::get<Leader>(role_);
  follower->round = std::max(follower->round, std::min(body.round, leading.round));
  follower->condition = body.condition;
  follower->feature_level = body.feature_level;
  follower->measure_lag(log_.last(), now_, config_.election_timeout_min);
  confirm_reads(leading);
  if (body.condition == Condition::Stateless && follower->state() != ProgressState::Snapshot) {
    CONFMAN_MARK("snapshot: a follower has lost its state, and gets one");
    send_snapshot(leading, *follower);
    return;
  }
  // It is there, but hasn't got everything: an append or its answer may have been lost.
  if (follower->match() < log_.last()) {
    follower->resume();
    follower->nudge = true;
  }
}

}  // namespace confman::consensus
