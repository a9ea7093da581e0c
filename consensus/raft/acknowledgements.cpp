#include "consensus/raft/acknowledgements.hpp"

#include <algorithm>

#include "domain/base/marks.hpp"

namespace confman::consensus {

void Acknowledgements::recv(const Message& m, AppendReply& body) {
  Progress* follower = replication_.heard_from(m);
  if (!follower) return;
  Leader& leading = *roles_.leading();
  follower->round = std::max(follower->round, std::min(body.round, leading.round));
  follower->condition = body.condition;
  reads_.confirm_reads(leading);

  if (!body.success) {
    // Its hint may lie in a term that our log skips: go back to where ours has a term that early.
    const LogId agreed = log_.agreement(body.hint.index, body.hint.term);
    follower->refused(body.match, agreed.index);
    return;
  }
  if (body.match > log_.last()) return;  // nobody can hold what this leader never had
  const bool news = follower->acknowledged(body.match);
  follower->measure_lag(log_.last(), context_.now, context_.config.election_timeout_min);
  if (follower->state() == ProgressState::Snapshot) {
    // Either it holds what the transfer brings, and needs the next one where the log has been
    // compacted further meanwhile; or it got there by another way.
    const bool arrived = follower->match() >= follower->transfer().meta.last.index;
    if (arrived || follower->match() >= log_.base().index) follower->become_probe();
  }
  if (!news) return;
  commits_.maybe_commit(leading);
  transfers_.maybe_send_timeout_now(leading);
}

void Acknowledgements::recv(const Message& m, HeartbeatReply& body) {
  Progress* follower = replication_.heard_from(m);
  if (!follower) return;
  Leader& leading = *roles_.leading();
  follower->round = std::max(follower->round, std::min(body.round, leading.round));
  follower->condition = body.condition;
  follower->feature_level = body.feature_level;
  follower->measure_lag(log_.last(), context_.now, context_.config.election_timeout_min);
  reads_.confirm_reads(leading);
  if (body.condition == Condition::Stateless && follower->state() != ProgressState::Snapshot) {
    CONFMAN_MARK("snapshot: a follower has lost its state, and gets one");
    snapshot_sender_.send_snapshot(leading, *follower);
    return;
  }
  // It is there, but hasn't got everything: an append or its answer may have been lost.
  if (follower->match() < log_.last()) {
    follower->resume();
    follower->nudge = true;
  }
}

void Acknowledgements::recv(const Message& m, SnapshotReply& body) {
  Progress* follower = replication_.heard_from(m);
  if (!follower) return;
  Leader& leading = *roles_.leading();
  follower->round = std::max(follower->round, std::min(body.round, leading.round));
  reads_.confirm_reads(leading);
  snapshot_sender_.answered(leading, *follower, body);
}

}  // namespace confman::consensus
