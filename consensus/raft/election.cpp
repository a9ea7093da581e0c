#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

// Elections: time-outs, votes, tallies, and the end of a leadership without a majority.
namespace confman::consensus {

Time RaftNode::random_election_deadline() {
  const Duration spread = config_.election_timeout_max - config_.election_timeout_min;
  const auto extra = perturbed(Perturbation::EarlyElection)
                         ? 0
                         : random_.below(static_cast<std::uint64_t>(spread.us));
  return now_ + config_.election_timeout_min + Duration::micros(static_cast<std::int64_t>(extra));
}

// Nobody campaigns who isn't a voter, by name and by disk; nor whoever is about to replace its
// state, or has lost a part of its log. Whom the latest configuration leaves out is needed until
// that is committed (thesis §4.2.2): nobody else may have the entry that says so, nor a log that is
// as long.
bool RaftNode::electable() const {
  return history_.is_voter_since(commit_, config_.self) && !installing_ && !awaits_state_ &&
         !is_said_to_be_removed() && may_vote();
}

void RaftNode::on_election_deadline() {
  Time due = Time::never();
  if (const auto* follower = std::get_if<Follower>(&role_)) due = follower->election_deadline;
  if (const auto* pre = std::get_if<PreCandidate>(&role_)) due = pre->deadline;
  if (const auto* candidate = std::get_if<Candidate>(&role_)) due = candidate->deadline;
  if (now_ < due) return;
  // Whoever doesn't get anywhere may have been removed, or replaced, without hearing of it.
  const bool again = role() != Role::Follower;
  const bool may = electable();
  const bool in_vain = again || campaigned_in_vain_;
  if (in_vain || (!may && !blank_)) introduce_to_all();
  if (!may) return become_follower(term(), std::nullopt);  // nothing more is known of the leader
  if (low_space_ && !again) {
    CONFMAN_MARK("election: a node without space lets the others campaign first");
    leave_role();
    role_ = PreCandidate{.tally = {}, .deadline = random_election_deadline()};
    return;
  }
  become_pre_candidate();
}

void RaftNode::ask_for_votes(const VoteRequest& request, Term campaign) {
  for (const Member& member : membership().members) {
    if (member.id == self() || !membership().is_voter(member.id)) continue;
    // A question promises nothing about the log: it speaks of its durable end. The term must be
    // durable, or after a crash this node might campaign in it once more, with another vote.
    send_as(campaign, durable_.term(), node_of(member.id), request);
  }
}

// Or is the leader, which checks its majority.
bool RaftNode::hears_live_leader() const {
  return role() == Role::Leader || now_ < no_votes_until_;
}

// Raft §5.4.1: "If the logs have last entries with different terms, then the log with the later
// term is more up-to-date. If the logs end with the same term, then whichever log is longer is more
// up-to-date."
//
// A candidate names the durable end of its log. A voter compares with all of its log: an
// acknowledgement of the rest may be waiting for the disk and will be sent after this vote, so a
// vote that overlooked it would help to elect a leader without an entry that this node helps to
// commit.
bool RaftNode::is_up_to_date(LogId candidate) const {
  const LogId ours = log_.last_id();
  if (candidate.term != ours.term) return candidate.term > ours.term;
  return candidate.index >= ours.index;
}

void RaftNode::recv(const Message& m, VoteRequest& body) {
  if (body.pre_vote) {
    answer_pre_vote(m, body);
    return;
  }
  // A learner answers too: it may have been made a voter without having heard of it yet, and the
  // candidate knows whom to count.
  const bool free = !hard_state_.voted_for || hard_state_.voted_for == m.from.member;
  // Not even in a term that another message has told of: then settle_term let the question through.
  const bool too_soon = !body.transfer && now_ < no_votes_until_;
  const bool granted = free && !too_soon && !leader() && is_up_to_date(body.last) && may_vote();
  if (!free) {
    CONFMAN_MARK("vote refused: this node has voted for another in this term");
  } else if (leader()) {
    CONFMAN_MARK("vote refused: the term has a leader");
  } else if (too_soon) {
    CONFMAN_MARK("vote refused: the leader of an earlier term was heard a moment ago");
  } else if (!may_vote()) {
    CONFMAN_MARK("vote refused: this disk may have forgotten what it promised");
  } else if (!granted) {
    CONFMAN_MARK("vote refused: the candidate's log is behind");
  } else {
    CONFMAN_MARK("vote granted");
    set_hard_state({.term = term(), .voted_for = m.from.member});
    // Only a granted vote is a reason to wait: a candidate that can't win must not hold up one that
    // can.
    if (auto* follower = std::get_if<Follower>(&role_)) {
      follower->election_deadline = random_election_deadline();
    }
  }
  promise(m.from, VoteReply{.pre_vote = false, .granted = granted});
}

void RaftNode::answer_pre_vote(const Message& m, const VoteRequest& body) {
  const bool later = m.term > term();
  const bool granted = later && !hears_live_leader() && is_up_to_date(body.last) && may_vote();
  if (granted) {
    CONFMAN_MARK("pre-vote granted");
  } else if (!later) {
    CONFMAN_MARK("pre-vote refused: this node is in that term already");
  } else if (hears_live_leader()) {
    CONFMAN_MARK("pre-vote refused: the leader was heard a moment ago");
  } else if (may_vote()) {
    CONFMAN_MARK("pre-vote refused: the candidate's log is behind");
  }
  // Granted in the name of the campaign's term; refused with ours, which tells a node left behind.
  send_as(granted ? m.term : term(), durable_.term(), m.from,
          VoteReply{.pre_vote = true, .granted = granted});
}

// A vote of an earlier term has been dropped before (settle_term).
void RaftNode::recv(const Message& m, VoteReply& body) {
  // Another disk under the same name has no vote.
  if (!membership().is_voter(m.from)) return;
  if (auto* pre = std::get_if<PreCandidate>(&role_)) {
    if (!body.pre_vote) return;
    if (body.granted && m.term != term().next()) return;  // of another campaign
    pre->tally.record(m.from.member, body.granted);
  } else if (auto* candidate = std::get_if<Candidate>(&role_)) {
    if (body.pre_vote) return;
    candidate->tally.record(m.from.member, body.granted);
  }
  check_votes();
}

void RaftNode::count_own_vote() {
  auto& candidate = std::get<Candidate>(role_);
  if (!durable_.hard_state_done()) return;
  candidate.tally.record(self(), true);
  check_votes();
}

void RaftNode::check_votes() {
  if (auto* pre = std::get_if<PreCandidate>(&role_)) {
    if (pre->tally.won(quorum_)) return become_candidate(false);
    if (pre->tally.lost(quorum_)) {
      CONFMAN_MARK("pre-vote lost");
      campaigned_in_vain_ = true;
      return become_follower(term(), std::nullopt);
    }
  } else if (auto* candidate = std::get_if<Candidate>(&role_)) {
    if (candidate->tally.won(quorum_)) return become_leader();
    if (candidate->tally.lost(quorum_)) {
      CONFMAN_MARK("election lost");
      return become_follower(term(), std::nullopt);
    }
  }
}

// A leader that a majority doesn't answer can't commit and can't confirm a read; holding on would
// only keep those who still hear it from electing one that can (thesis §6.2).
void RaftNode::check_quorum(const Leader& leading) {
  const bool reachable = quorum_.majority([&](MemberId id) {
    if (id == self()) return true;
    for (const Progress& peer : leading.peers) {
      if (peer.id() == id) return is_active(peer);
    }
    return false;
  });
  if (reachable) return;
  CONFMAN_MARK("check-quorum: no majority answers, and the leader steps down");
  become_follower(term(), std::nullopt);
}

}  // namespace confman::consensus
