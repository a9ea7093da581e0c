#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "consensus/raft/progress.hpp"
#include "consensus/raft/quorum.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

// What a node is, as one small struct for each role: what only a leader knows can't linger on a
// follower, because it isn't there. Only Roles replaces one by another.
namespace confman::consensus {

// Reads that a follower has asked its leader about with one request.
struct ForwardedReads {
  ReadId wire_id;  // never the same again, not even after a restart
  std::vector<ReadId> reads;
  Time retry_at;
  Time give_up_at;
};

struct Follower {
  std::optional<MemberId> leader;
  std::uint64_t leader_incarnation{};  // as it says itself; the configuration here may be old
  Time election_deadline;
  std::uint64_t chunk_round{};        // read round of the last snapshot chunk
  std::vector<ReadId> waiting_reads;  // not asked about yet
  std::deque<ForwardedReads> forwarded;
};

struct PreCandidate {
  VoteTally tally;
  Time deadline;
};

struct Candidate {
  VoteTally tally;
  Time deadline;
};

struct ReadRequest {
  ReadId id;
  std::optional<NodeId> asker;  // none: this node itself
};

// Requests that one exchange with a majority confirms together.
struct ReadRound {
  std::uint64_t number{};
  LogIndex index;  // commit index when the round began
  std::vector<ReadRequest> requests;
};

struct Transfer {
  MemberId to;
  Time give_up_at;
  ChangeId id;  // 0: the leader's own idea
};

// A round of heartbeats whose answers will extend the lease.
struct LeaseRound {
  std::uint64_t number{};
  Time begun_at;
};

struct Leader {
  std::vector<Progress> peers;  // everybody but this node, learners too; ascending by id
  Time since;
  Time next_heartbeat;
  LogIndex term_start;  // index of the no-op that opened the term
  std::size_t uncommitted_bytes = 0;
  std::uint64_t round = 0;  // the last one begun
  std::vector<ReadRequest> waiting_reads;
  std::deque<ReadRound> rounds;  // begun and not confirmed, ascending
  std::optional<Transfer> transfer;
  // Nobody else can be elected before this (read_index.cpp); only where lease reads are on.
  std::optional<Time> lease_until;
  std::deque<LeaseRound> lease_rounds;  // begun and not confirmed, ascending
  // A successor has been told to campaign at once, which voters don't hold against it: from then on
  // nothing protects the lease any more, for as long as this leadership lasts.
  bool lease_void = false;
  int slow_writes = 0;     // of its own disk, in a row
  LogIndex feature_entry;  // the last one of kind FeatureLevel that it appended; 0: none

  bool committed_in_term(LogIndex commit) const { return commit >= term_start; }
};
// Null if the leader has no such peer.
inline Progress* find_peer(Leader& leader, MemberId id) {
  for (Progress& peer : leader.peers) {
    if (peer.id() == id) return &peer;
  }
  return nullptr;
}

using RoleState = std::variant<Follower, PreCandidate, Candidate, Leader>;

}  // namespace confman::consensus
