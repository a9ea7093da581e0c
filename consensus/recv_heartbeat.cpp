#include <algorithm>

#include "consensus/raft_node.hpp"

namespace confman::consensus {

void RaftNode::recv(const Message& m, Heartbeat& body) {
  follow(m.from.member);
  // The leader never names more than it knows this log to match. A disk that lost what it had
  // acknowledged is the exception: then it proves nothing, and waits for an append.
  if (body.commit <= log_.last()) commit_to(body.commit);
  send(m.from.member, HeartbeatReply{.round = body.round});
}

void RaftNode::recv(const Message& m, HeartbeatReply& body) {
  Progress* follower = heard_from(m);
  if (!follower) return;
  auto& leading = std::get<Leader>(role_);
  follower->round = std::max(follower->round, std::min(body.round, leading.round));
  confirm_reads(leading);
  // It is there, but hasn't got everything: an append or its answer may have been lost.
  if (follower->match() < log_.last()) {
    follower->resume();
    follower->nudge = true;
  }
}

}  // namespace confman::consensus
