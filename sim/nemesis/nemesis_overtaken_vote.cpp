#include <bit>

#include "sim/nemesis/nemesis.hpp"

namespace confman::sim {

// Nobody hears the leader for a while, and all that it hears is late, so that it doesn't know.
// Somebody campaigns, and its questions are late; those who ask for themselves meanwhile are told
// of its term, and that is late, too. Both come when everybody hears the leader again and has just
// given it a lease: who is told of the term first must still refuse the vote.
void Nemesis::begin_overtaken_vote() {
  const DerivedConfig& c = stage_.config;
  const std::optional<int> leader = stage_.world.leader();
  if (overtaken_vote_ || !leader || stage_.world.membership().voters().size() < 3) return;
  end_all();
  OvertakenVote& story = overtaken_vote_.emplace(OvertakenVote{});
  story.leader = *leader;
  story.term = node(*leader).view().hard_state.term.value;
  const std::int64_t lag = c.election_min_us - 2 * c.heartbeat_us;
  network_.set_lag(*leader, lag);
  go_on_overtaken_vote_in(lag + c.heartbeat_us);
}

void Nemesis::go_on_overtaken_vote_in(std::int64_t time) {
  overtaken_vote_->number = next_number_++;
  stage_.queue.wake(stage_.now + time, Due::What::FaultEnds, overtaken_vote_->number);
}

void Nemesis::go_on_overtaken_vote() {
  OvertakenVote& story = *overtaken_vote_;
  switch (story.act) {
    case OvertakenVote::Act::Lagging:
      network_.set_lag(story.leader, 0);
      story.cuts.push_back(cut(from_to(1U << story.leader, 0xff)));
      story.act = OvertakenVote::Act::Unheard;
      return go_on_overtaken_vote_in(2 * stage_.config.election_max_us);
    case OvertakenVote::Act::Asked:
      mend(story.cuts.front());
      story.act = OvertakenVote::Act::HeardAgain;
      return go_on_overtaken_vote_in(stage_.config.election_max_us);
    case OvertakenVote::Act::Unheard:
    case OvertakenVote::Act::HeardAgain:
    case OvertakenVote::Act::Overtaken:
      return end_overtaken_vote();
  }
}

void Nemesis::watch_overtaken_vote(int number) {
  OvertakenVote& story = *overtaken_vote_;
  if (story.act == OvertakenVote::Act::Lagging || !node(number).up()) return;
  if (number == story.leader) {
    if (story.act == OvertakenVote::Act::HeardAgain) overtake_vote();
    return;
  }
  const consensus::NodeView view = node(number).view();
  if (story.candidate < 0) {
    const bool ahead = view.hard_state.term.value > story.term;
    if (ahead && view.role == consensus::Role::Candidate) hide_candidate(number);
    return;
  }
  if (number == story.candidate) {
    if (view.role != consensus::Role::Candidate) end_overtaken_vote();
    return;
  }
  if (story.act != OvertakenVote::Act::Unheard) return;
  if (view.role != consensus::Role::PreCandidate) return;
  story.asked |= 1U << number;
  // They are a majority with the candidate.
  const std::size_t voters = stage_.world.membership().voters().size();
  if (static_cast<std::size_t>(std::popcount(story.asked & ~story.early)) < voters / 2) return;
  story.act = OvertakenVote::Act::Asked;
  go_on_overtaken_vote_in(4 * (stage_.config.delay_min_us + stage_.config.delay_mean_us));
}

// Its messages are late, and nobody else is elected meanwhile.
void Nemesis::hide_candidate(int number) {
  OvertakenVote& story = *overtaken_vote_;
  story.candidate = number;
  const unsigned others = 0xff & ~(1U << story.leader) & ~(1U << number);
  story.cuts.push_back(cut(from_to(others, others)));
  for (int i = 0; i < size(); ++i) {
    network_.hold(number, i);
    // A node that has asked before isn't told of the term.
    const bool asks = node(i).up() && node(i).view().role == consensus::Role::PreCandidate;
    if (asks) story.early |= 1U << i;
  }
}

// As soon as the leader has the lease; and nobody gets an entry that the candidate doesn't have.
void Nemesis::overtake_vote() {
  OvertakenVote& story = *overtaken_vote_;
  const SimNode& leader = node(story.leader);
  const std::optional<Time> lease_end = leader.core().status().lease_end;
  if (!lease_end || *lease_end <= leader.clock.now(stage_.now).mono) return;
  story.act = OvertakenVote::Act::Overtaken;
  story.cuts.push_back(cut(from_to(1U << story.leader, 0xff)));
  for (int i = 0; i < size(); ++i) {
    if (i != story.leader) network_.release_last_first(story.candidate, i);
  }
}

void Nemesis::end_overtaken_vote() {
  const OvertakenVote story = *overtaken_vote_;
  overtaken_vote_.reset();
  network_.set_lag(story.leader, 0);
  for (const std::uint64_t number : story.cuts) mend(number);
  for (int i = 0; i < size() && story.candidate >= 0; ++i) network_.release(story.candidate, i);
}

}  // namespace confman::sim
