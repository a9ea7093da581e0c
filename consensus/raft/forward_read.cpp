#include <algorithm>
#include <utility>

#include "consensus/raft/reads.hpp"

// Linearizable reads on a follower: the leader is asked for a read index, for many readers at once.
namespace confman::consensus {

// At the end of a step. A read may share a question only if that hasn't been sent yet: an answer is
// good for what was asked before the question.
void Reads::forward_reads(Follower& follower) {
  if (follower.waiting_reads.empty() || follower.forwarded.size() >= kMaxReadRounds) return;
  ForwardedReads reads{.wire_id = ReadId{context_.random.next()},
                       .reads = std::exchange(follower.waiting_reads, {}),
                       .retry_at = context_.now + context_.config.heartbeat_interval * 2,
                       .give_up_at = context_.now + context_.config.election_timeout_max};
  out_.send(roles_.leader_node(), ReadIndexRequest{.id = reads.wire_id});
  follower.forwarded.push_back(std::move(reads));
}

void Reads::check_forwarded(Follower& follower) {
  // All wait equally long, so the front is the oldest.
  while (!follower.forwarded.empty() && context_.now >= follower.forwarded.front().give_up_at) {
    for (ReadId id : follower.forwarded.front().reads) out_.emit(ReadFailed{id});
    follower.forwarded.pop_front();
  }
  for (ForwardedReads& reads : follower.forwarded) {
    if (context_.now < reads.retry_at) continue;
    reads.retry_at = context_.now + context_.config.heartbeat_interval * 2;
    out_.send(roles_.leader_node(), ReadIndexRequest{.id = reads.wire_id});
  }
}

void Reads::recv(const Message&, ReadIndexReply& body) {
  auto* follower = roles_.following();
  if (!follower) return;
  const auto reads = std::ranges::find(follower->forwarded, body.id, &ForwardedReads::wire_id);
  if (reads == follower->forwarded.end()) return;  // given up, or answered before
  for (ReadId id : reads->reads) {
    if (body.ok) {
      out_.emit(ReadReady{id, body.index});
    } else {
      out_.emit(ReadFailed{id});
    }
  }
  follower->forwarded.erase(reads);
}

}  // namespace confman::consensus
