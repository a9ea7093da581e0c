#include <algorithm>
#include <utility>

#include "consensus/raft_node.hpp"
#include "consensus/reads.hpp"

// Linearizable reads without a log entry (thesis §6.4), on the leader: remember the commit index,
// make sure by a majority that nobody else leads, answer.
namespace confman::consensus {

void RaftNode::on(ReadRequested&& event) {
  const ReadRequest request{.id = event.id, .asker = {}};
  if (auto* leading = std::get_if<Leader>(&role_)) {
    if (leading->waiting_reads.size() >= kMaxWaitingReads) return refuse_read(request);
    leading->waiting_reads.push_back(request);
    return;
  }
  auto* follower = std::get_if<Follower>(&role_);
  const bool can_ask = follower && follower->leader;
  if (!can_ask || follower->waiting_reads.size() >= kMaxWaitingReads) return refuse_read(request);
  follower->waiting_reads.push_back(event.id);
}

void RaftNode::recv(const Message& m, ReadIndexRequest& body) {
  const ReadRequest request{.id = body.id, .asker = m.from.member};
  auto* leading = std::get_if<Leader>(&role_);
  if (!leading || leading->waiting_reads.size() >= kMaxWaitingReads) return refuse_read(request);
  leading->waiting_reads.push_back(request);
}

// At the end of a step. While as many rounds are under way as may be, requests gather for the next.
void RaftNode::begin_read_round(Leader& leading) {
  if (leading.waiting_reads.empty() || leading.rounds.size() >= kMaxReadRounds) return;
  // Until an entry of its own term is committed, a leader doesn't know all that is committed
  // (https://github.com/etcd-io/etcd/issues/7331). The no-op will tell; so long reads wait.
  if (!committed_in_term(leading)) return;
  ++leading.round;
  leading.rounds.push_back({.number = leading.round,
                            .index = commit_,
                            .requests = std::exchange(leading.waiting_reads, {})});
  send_heartbeats(leading);
  confirm_reads(leading);
}

// A round's number means something only within this leadership: answers of another term have been
// dropped before, so a late one can't confirm a round that merely has the same number
// (https://github.com/etcd-io/etcd/issues/20418).
void RaftNode::confirm_reads(Leader& leading) {
  if (leading.rounds.empty()) return;
  const std::uint64_t confirmed = quorum_.reached([&](MemberId id) {
    if (id == self()) return leading.round;
    const Progress* follower = peer(leading, id);
    return follower ? follower->round : 0;
  });
  while (!leading.rounds.empty() && leading.rounds.front().number <= confirmed) {
    const ReadRound& round = leading.rounds.front();
    for (const ReadRequest& request : round.requests) answer_read(request, round.index);
    leading.rounds.pop_front();
  }
}

void RaftNode::answer_read(const ReadRequest& request, LogIndex index) {
  if (!request.asker) return emit(ReadReady{request.id, index});
  send(*request.asker, ReadIndexReply{.id = request.id, .ok = true, .index = index});
}

void RaftNode::refuse_read(const ReadRequest& request) {
  if (!request.asker) return emit(ReadFailed{request.id});
  send(*request.asker, ReadIndexReply{.id = request.id, .ok = false, .index = {}});
}

void RaftNode::fail_reads(Leader& leading) {
  for (const ReadRound& round : leading.rounds) {
    for (const ReadRequest& request : round.requests) refuse_read(request);
  }
  for (const ReadRequest& request : leading.waiting_reads) refuse_read(request);
  leading.rounds.clear();
  leading.waiting_reads.clear();
}

}  // namespace confman::consensus
