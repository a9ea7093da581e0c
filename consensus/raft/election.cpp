#include "consensus/raft/election.hpp"

#include "domain/base/marks.hpp"

namespace confman::consensus {

// Nobody campaigns who isn't a voter, by name and by disk; nor whoever is about to replace its
// state, or has lost a part of its log. Whom the latest configuration leaves out is needed until
// that is committed (thesis §4.2.2): nobody else may have the entry that says so, nor a log that is
// as long.
bool Election::electable() const {
  return log_.is_voter_since(log_.commit()) && !machine_.installing && !machine_.awaits_state &&
         !founding_.is_said_to_be_removed() && may_vote();
}

void Election::on_election_deadline() {
  Time due = Time::never();
  if (const auto* follower = roles_.following()) due = follower->election_deadline;
  if (const auto* pre = roles_.pre_candidate()) due = pre->deadline;
  if (const auto* candidate = roles_.candidate()) due = candidate->deadline;
  if (context_.now < due) return;
  // Whoever doesn't get anywhere may have been removed, or replaced, without hearing of it.
  const bool again = roles_.role() != Role::Follower;
  const bool may = electable();
  const bool in_vain = again || roles_.silence.campaigned_in_vain;
  if (in_vain || (!may && !founding_.blank())) founding_.introduce_to_all();
  // Nothing more is known of the leader.
  if (!may) return roles_.become_follower(ballot_.term(), std::nullopt);
  if (space_.low && !again) {
    CONFMAN_MARK("election: a node without space lets the others campaign first");
    roles_.become_pre_candidate();
    return;
  }
  begin_pre_vote();
}

// The only voter has no leader to hear of first. Not so while the configuration that made it the
// only one may be news to a leader that it leaves out: that one may read by a lease.
void Election::begin() {
  const Membership& members = log_.membership();
  const bool alone = !members.joint() && members.voters() == std::vector<MemberId>{context_.self()};
  if (alone && log_.membership_index() <= log_.commit()) {
    CONFMAN_MARK("election: the only voter doesn't wait");
    roles_.following()->election_deadline = context_.now;
  }
}

// Thesis §9.6: a campaign begins by asking whether it could succeed. Neither term nor vote changes,
// so a node that can't reach a majority does no harm when it comes back.
void Election::begin_pre_vote() {
  roles_.become_pre_candidate().tally.record(context_.self(), true);
  const VoteRequest request{
      .pre_vote = true, .last = log_.id_at(durable_.index()), .transfer = false};
  ask_for_votes(request, ballot_.term().next());
  check_votes();
}

void Election::become_candidate(bool transfer) {
  roles_.become_candidate();
  const VoteRequest request{
      .pre_vote = false, .last = log_.id_at(durable_.index()), .transfer = transfer};
  ask_for_votes(request, ballot_.term());
}

void Election::become_leader() {
  Leader& leading = roles_.become_leader();
  leading.uncommitted_bytes = log_.bytes_between(log_.commit().next(), log_.last());
  proposals_.follow_membership(leading);
  if (!log_.last()) {
    CONFMAN_MARK("election: the first leader names the founders in the log");
    proposals_.append_membership(leading, log_.membership(), {});
  }
  leading.term_start = log_.last().next();
  // Raft §8: "each leader commit[s] a blank no-op entry into the log at the start of its term".
  // Until then it doesn't know what is committed, and older entries can't be committed at all.
  proposals_.append_as_leader(leading, EntryKind::Noop, make_payload({}));
}

void Election::ask_for_votes(const VoteRequest& request, Term campaign) {
  for (const Member& member : log_.membership().members) {
    if (member.id == context_.self() || !log_.membership().is_voter(member.id)) continue;
    // A question promises nothing about the log: it speaks of its durable end. The term must be
    // durable, or after a crash this node might campaign in it once more, with another vote.
    out_.send_as(campaign, durable_.term(), log_.node_of(member.id), request);
  }
}

// Raft §5.4.1: "If the logs have last entries with different terms, then the log with the later
// term is more up-to-date. If the logs end with the same term, then whichever log is longer is more
// up-to-date."
//
// A candidate names the durable end of its log. A voter compares with all of its log: an
// acknowledgement of the rest may be waiting for the disk and will be sent after this vote, so a
// vote that overlooked it would help to elect a leader without an entry that this node helps to
// commit.
bool Election::is_up_to_date(LogId candidate) const {
  const LogId ours = log_.last_id();
  if (candidate.term != ours.term) return candidate.term > ours.term;
  return candidate.index >= ours.index;
}

void Election::recv(const Message& m, VoteRequest& body) {
  if (body.pre_vote) {
    answer_pre_vote(m, body);
    return;
  }
  // A learner answers too: it may have been made a voter without having heard of it yet, and the
  // candidate knows whom to count.
  const bool free =
      !ballot_.hard_state().voted_for || ballot_.hard_state().voted_for == m.from.member;
  // Not even in a term that another message has told of: then settle_term let the question through.
  const bool too_soon = !body.transfer && roles_.owes_silence();
  const bool granted =
      free && !too_soon && !roles_.leader() && is_up_to_date(body.last) && may_vote();
  if (!free) {
    CONFMAN_MARK("vote refused: this node has voted for another in this term");
  } else if (roles_.leader()) {
    CONFMAN_MARK("vote refused: the term has a leader");
  } else if (too_soon) {
    CONFMAN_MARK("vote refused: the leader of an earlier term was heard a moment ago");
  } else if (!may_vote()) {
    CONFMAN_MARK("vote refused: this disk may have forgotten what it promised");
  } else if (!granted) {
    CONFMAN_MARK("vote refused: the candidate's log is behind");
  } else {
    CONFMAN_MARK("vote granted");
    ballot_.set({.term = ballot_.term(), .voted_for = m.from.member});
    // Only a granted vote is a reason to wait: a candidate that can't win must not hold up one that
    // can.
    if (auto* follower = roles_.following()) {
      follower->election_deadline = context_.random_election_deadline();
    }
  }
  out_.promise(m.from, VoteReply{.pre_vote = false, .granted = granted});
}

void Election::answer_pre_vote(const Message& m, const VoteRequest& body) {
  const bool later = m.term > ballot_.term();
  const bool granted =
      later && !roles_.hears_live_leader() && is_up_to_date(body.last) && may_vote();
  if (granted) {
    CONFMAN_MARK("pre-vote granted");
  } else if (!later) {
    CONFMAN_MARK("pre-vote refused: this node is in that term already");
  } else if (roles_.hears_live_leader()) {
    CONFMAN_MARK("pre-vote refused: the leader was heard a moment ago");
  } else if (may_vote()) {
    CONFMAN_MARK("pre-vote refused: the candidate's log is behind");
  }
  // Granted in the name of the campaign's term; refused with ours, which tells a node left behind.
  out_.send_as(granted ? m.term : ballot_.term(), durable_.term(), m.from,
               VoteReply{.pre_vote = true, .granted = granted});
}

// A vote of an earlier term has been dropped before (settle_term).
void Election::recv(const Message& m, VoteReply& body) {
  // Another disk under the same name has no vote.
  if (!log_.membership().is_voter(m.from)) return;
  if (auto* pre = roles_.pre_candidate()) {
    if (!body.pre_vote) return;
    if (body.granted && m.term != ballot_.term().next()) return;  // of another campaign
    pre->tally.record(m.from.member, body.granted);
  } else if (auto* candidate = roles_.candidate()) {
    if (body.pre_vote) return;
    candidate->tally.record(m.from.member, body.granted);
  }
  check_votes();
}

void Election::count_own_vote() {
  Candidate& candidate = *roles_.candidate();
  if (!durable_.hard_state_done()) return;
  candidate.tally.record(context_.self(), true);
  check_votes();
}

void Election::check_votes() {
  if (auto* pre = roles_.pre_candidate()) {
    if (pre->tally.won(log_.quorum())) return become_candidate(false);
    if (pre->tally.lost(log_.quorum())) {
      CONFMAN_MARK("pre-vote lost");
      roles_.silence.campaigned_in_vain = true;
      return roles_.become_follower(ballot_.term(), std::nullopt);
    }
  } else if (auto* candidate = roles_.candidate()) {
    if (candidate->tally.won(log_.quorum())) return become_leader();
    if (candidate->tally.lost(log_.quorum())) {
      CONFMAN_MARK("election lost");
      return roles_.become_follower(ballot_.term(), std::nullopt);
    }
  }
}

void Election::recv(const Message& m, TimeoutNow&) {
  const auto* follower = roles_.following();
  if (!follower || follower->leader != m.from.member || !electable()) return;
  CONFMAN_MARK("transfer: the leader asks this node to take over");
  become_candidate(true);  // no pre-vote: the leader itself asks for this election
}

// A leader that a majority doesn't answer can't commit and can't confirm a read; holding on would
// only keep those who still hear it from electing one that can (thesis §6.2).
void Election::check_quorum(const Leader& leading) {
  const bool reachable = log_.quorum().majority([&](MemberId id) {
    if (id == context_.self()) return true;
    for (const Progress& peer : leading.peers) {
      if (peer.id() == id) return context_.is_active(peer);
    }
    return false;
  });
  if (reachable) return;
  CONFMAN_MARK("check-quorum: no majority answers, and the leader steps down");
  roles_.become_follower(ballot_.term(), std::nullopt);
}

}  // namespace confman::consensus
