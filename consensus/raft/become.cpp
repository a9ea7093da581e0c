#include "consensus/raft/raft_node.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

// Changes of role: the only code that replaces one role's data by another's.
namespace confman::consensus {

// What waits for this role must be told before the role is gone.
void RaftNode::leave_role() {
  if (auto* leading = std::get_if<Leader>(&role_)) fail_reads(*leading);
  if (auto* following = std::get_if<Follower>(&role_)) fail_reads(*following);
}

void RaftNode::become_follower(Term new_term, std::optional<MemberId> leader) {
  leave_role();
  // "Current term" and "voted for" belong together: a vote lasts as long as its term, also when a
  // candidate or leader steps down within it. Forgetting it lets a node vote twice
  // (etcd-io/etcd#2461).
  if (new_term > term()) set_hard_state({.term = new_term, .voted_for = {}});
  role_ = Follower{
      .leader = leader, .leader_incarnation = {}, .election_deadline = random_election_deadline()};
}

// Thesis §9.6: a campaign begins by asking whether it could succeed. Neither term nor vote changes,
// so a node that can't reach a majority does no harm when it comes back.
void RaftNode::become_pre_candidate() {
  leave_role();
  role_ = PreCandidate{.tally = {}, .deadline = random_election_deadline()};
  std::get<PreCandidate>(role_).tally.record(self(), true);
  const VoteRequest request{
      .pre_vote = true, .last = log_.id_at(durable_.index()), .transfer = false};
  ask_for_votes(request, term().next());
  check_votes();
}

// Raft §5.2: "To begin an election, a follower increments its current term and transitions to
// candidate state. It then votes for itself". The vote counts once it is durable (count_own_vote).
void RaftNode::become_candidate(bool transfer) {
  leave_role();
  set_hard_state({.term = term().next(), .voted_for = self()});
  role_ = Candidate{.tally = {}, .deadline = random_election_deadline()};
  const VoteRequest request{
      .pre_vote = false, .last = log_.id_at(durable_.index()), .transfer = transfer};
  ask_for_votes(request, term());
}

void RaftNode::become_leader() {
  CONFMAN_ASSERT(role() == Role::Candidate, "A node became leader without an election.");
  Leader leading;
  campaigned_in_vain_ = false;
  leading.since = now_;
  leading.next_heartbeat = now_ + config_.heartbeat_interval;
  leading.uncommitted_bytes = log_.bytes_between(commit_.next(), log_.last());
  role_ = std::move(leading);
  auto& installed = std::get<Leader>(role_);
  follow_membership(installed);
  feature_entry_ = {};
  if (!log_.last()) {
    CONFMAN_MARK("election: the first leader names the founders in the log");
    append_membership(installed, membership(), {});
  }
  installed.term_start = log_.last().next();
  // Raft §8: "each leader commit[s] a blank no-op entry into the log at the start of its term".
  // Until then it doesn't know what is committed, and older entries can't be committed at all.
  append_as_leader(installed, EntryKind::Noop, make_payload({}));
}

// A message of this term's leader: it leads, whatever this node was doing.
void RaftNode::follow(NodeId leader) {
  CONFMAN_ASSERT(role() != Role::Leader, "Two leaders in one term: another node leads ours.");
  if (role() != Role::Follower) become_follower(term(), leader.member);
  auto& follower = std::get<Follower>(role_);
  CONFMAN_ASSERT(!follower.leader || follower.leader == leader.member,
                 "Two leaders in one term: messages of both arrived.");
  follower.leader = leader.member;
  follower.leader_incarnation = leader.incarnation;
  follower.election_deadline = random_election_deadline();
  no_votes_until_ = now_ + config_.election_timeout_min;
  left_out_as_of_ = {};
  campaigned_in_vain_ = false;
}

}  // namespace confman::consensus
