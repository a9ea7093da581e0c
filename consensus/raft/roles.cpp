#include "consensus/raft/roles.hpp"

#include "consensus/raft/fail_reads.hpp"
#include "domain/base/assert.hpp"

namespace confman::consensus {

Roles::Roles(Context& context, Ballot& ballot, Outbox& out)
    : context_(context),
      ballot_(ballot),
      out_(out),
      no_votes_until_(context.now + context.config.election_timeout_min) {
  std::get<Follower>(role_).election_deadline = context_.random_election_deadline();
}

std::optional<MemberId> Roles::leader() const {
  if (const auto* follower = following()) return follower->leader;
  if (role() == Role::Leader) return context_.self();
  return std::nullopt;
}

NodeId Roles::leader_node() const {
  const auto* follower = following();
  CONFMAN_ASSERT(follower && follower->leader, "Something is sent to a leader that isn't known.");
  return {*follower->leader, follower->leader_incarnation};
}

// What waits for this role must be told before the role is gone.
void Roles::leave_role() {
  if (auto* leader = leading()) fail_reads(*leader, out_);
  if (auto* follower = following()) fail_reads(*follower, out_);
}

void Roles::become_follower(Term new_term, std::optional<MemberId> leader) {
  leave_role();
  // "Current term" and "voted for" belong together: a vote lasts as long as its term, also when a
  // candidate or leader steps down within it. Forgetting it lets a node vote twice
  // (etcd-io/etcd#2461).
  if (new_term > ballot_.term()) ballot_.set({.term = new_term, .voted_for = {}});
  role_ = Follower{.leader = leader,
                   .leader_incarnation = {},
                   .election_deadline = context_.random_election_deadline()};
}

PreCandidate& Roles::become_pre_candidate() {
  leave_role();
  return role_.emplace<PreCandidate>(
      PreCandidate{.tally = {}, .deadline = context_.random_election_deadline()});
}

// Raft §5.2: "To begin an election, a follower increments its current term and transitions to
// candidate state. It then votes for itself". The vote counts once it is durable (count_own_vote).
Candidate& Roles::become_candidate() {
  leave_role();
  ballot_.set({.term = ballot_.term().next(), .voted_for = context_.self()});
  return role_.emplace<Candidate>(
      Candidate{.tally = {}, .deadline = context_.random_election_deadline()});
}

Leader& Roles::become_leader() {
  CONFMAN_ASSERT(role() == Role::Candidate, "A node became leader without an election.");
  silence.campaigned_in_vain = false;
  Leader& leader = role_.emplace<Leader>();
  leader.since = context_.now;
  leader.next_heartbeat = context_.now + context_.config.heartbeat_interval;
  return leader;
}

void Roles::follow(NodeId leader) {
  CONFMAN_ASSERT(role() != Role::Leader, "Two leaders in one term: another node leads ours.");
  if (role() != Role::Follower) become_follower(ballot_.term(), leader.member);
  auto& follower = std::get<Follower>(role_);
  CONFMAN_ASSERT(!follower.leader || follower.leader == leader.member,
                 "Two leaders in one term: messages of both arrived.");
  follower.leader = leader.member;
  follower.leader_incarnation = leader.incarnation;
  follower.election_deadline = context_.random_election_deadline();
  no_votes_until_ = context_.now + context_.config.election_timeout_min;
  silence = {};
}

}  // namespace confman::consensus
