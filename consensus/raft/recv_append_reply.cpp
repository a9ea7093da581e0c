#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

// Of this term, so of this leadership: an answer to an earlier one never gets here.
void RaftNode::recv(const Message& m, AppendReply& body) {
  Progress* follower = heard_from(m);
  if (!follower) return;
  auto& leading = std::get<Leader>(role_);
  follower->round = std::max(follower->round, std::min(body.round, leading.round));
  follower->condition = body.condition;
  confirm_reads(leading);

  if (!body.success) {
    // Its hint may lie in a term that our log skips: go back to where ours has a term that early.
    const LogId agreed = log_.agreement(body.hint.index, body.hint.term);
    follower->refused(body.match, agreed.index);
    return;
  }
  if (body.match > log_.last()) return;  // nobody can hold what this leader never had
  const bool news = follower->acknowledged(body.match);
  follower->measure_lag(log_.last(), now_, config_.election_timeout_min);
  if (follower->state() == ProgressState::Snapshot) {
    // Either it holds what the transfer brings, and needs the next one where the log has been
    // compacted further meanwhile; or it got there by another way.
    const bool arrived = follower->match() >= follower->transfer().meta.last.index;
    if (arrived || follower->match() >= log_.base().index) follower->become_probe();
  }
  if (!news) return;
  maybe_commit(leading);
  maybe_send_timeout_now(leading);
}

}  // namespace confman::consensus
