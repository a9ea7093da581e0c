#include <algorithm>
#include <utility>

#include "consensus/raft/raft_node.hpp"
#include "consensus/raft/reads.hpp"

// Linearizable reads on a follower: the leader is asked for a read index, for many readers at once.
namespace confman::consensus {

// At the end of a step. A read may share a question only if that hasn't been sent yet: an answer is
// good for what was asked before the question.
void RaftNode::forward_reads(Follower& follower) {
  if (follower.waiting_reads.empty() || follower.forwarded.size() >= kMaxReadRounds) return;
  ForwardedReads reads{.wire_id = ReadId{random_.next()},
                       .reads = std::exchange(follower.waiting_reads, {}),
                       .retry_at = now_ + config_.heartbeat_interval * 2,
                       .give_up_at = now_ + config_.election_timeout_max};
  send(leader_node(), ReadIndexRequest{.id = reads.wire_id});
  follower.forwarded.push_back(std::move(reads));
}

void RaftNode::check_forwarded(Follower& follower) {
  // All wait equally long, so the front is the oldest.
  while (!follower.forwarded.empty() && now_ >= follower.forwarded.front().give_up_at) {
    for (ReadId id : follower.forwarded.front().reads) emit(ReadFailed{id});
    follower.forwarded.pop_front();
  }
  for (ForwardedReads& reads : follower.forwarded) {
    if (now_ < reads.retry_at) continue;
    reads.retry_at = now_ + config_.heartbeat_interval * 2;
    send(leader_node(), ReadIndexRequest{.id = reads.wire_id});
  }
}

void RaftNode::recv(const Message&, ReadIndexReply& body) {
  auto* follower = std::get_if<Follower>(&role_);
  if (!follower) return;
  const auto reads = std::ranges::find(follower->forwarded, body.id, &ForwardedReads::wire_id);
  if (reads == follower->forwarded.end()) return;  // given up, or answered before
  for (ReadId id : reads->reads) {
    if (body.ok) {
      emit(ReadReady{id, body.index});
    } else {
      emit(ReadFailed{id});
    }
  }
  follower->forwarded.erase(reads);
}

void RaftNode::fail_reads(Follower& follower) {
  for (const ForwardedReads& forwarded : follower.forwarded) {
    for (ReadId id : forwarded.reads) emit(ReadFailed{id});
  }
  for (ReadId id : follower.waiting_reads) emit(ReadFailed{id});
  follower.forwarded.clear();
  follower.waiting_reads.clear();
}

}  // namespace confman::consensus
