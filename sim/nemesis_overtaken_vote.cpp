#include <bit>

#include "sim/nemesis.hpp"

namespace confman::sim {

// A leader sleeps, somebody campaigns, and its questions are late. Those who ask for themselves
// meanwhile are told of its term, and that is late, too: both come when everybody hears the leader
// again, and has just given it a lease. Who is told of the term first is still to refuse the vote.
void Nemesis::begin_overtaken_vote() {
  const std::optional<int> leader = stage_.world.leader();
  if (overtaken_vote_ || !leader || stage_.world.membership().voters().size() < 3) return;
  OvertakenVote& story = overtaken_vote_.emplace(OvertakenVote{});
  story.leader = *leader;
  story.term = node(*leader).view().hard_state.term.value;
  story.number = next_number_++;
  // When it wakes up there are answers to read, and it doesn't think that nobody hears it.
  network_.set_lag(*leader, 3 * stage_.config.heartbeat_us / 2);
  stage_.queue.wake(stage_.now + 2 * stage_.config.heartbeat_us, Due::What::FaultEnds,
                    story.number);
}

void Nemesis::go_on_overtaken_vote() {
  OvertakenVote& story = *overtaken_vote_;
  const SimNode& leader = node(story.leader);
  const auto wait = [&](std::int64_t time) {
    stage_.queue.wake(stage_.now + time, Due::What::FaultEnds, story.number = next_number_++);
  };
  switch (story.act) {
    case OvertakenVote::Act::Lagging:
      network_.set_lag(story.leader, 0);
      if (!leader.up() || leader.paused) return end_overtaken_vote();
      stage_.emit(EventKind::Pause, story.leader);
      story.act = OvertakenVote::Act::Asleep;
      return wait(4 * stage_.config.election_max_us);
    case OvertakenVote::Act::Asked:
      mend(story.unheard);
      if (leader.up() && leader.paused) stage_.emit(EventKind::Resume, story.leader);
      story.act = OvertakenVote::Act::Awake;
      return wait(2 * stage_.config.election_max_us);
    case OvertakenVote::Act::Asleep:
    case OvertakenVote::Act::Awake:
      return end_overtaken_vote();
  }
}

void Nemesis::watch_overtaken_vote(int number) {
  OvertakenVote& story = *overtaken_vote_;
  const bool waits = story.act == OvertakenVote::Act::Lagging || number == story.leader;
  if (waits || !node(number).up()) return;
  const consensus::NodeView view = node(number).view();
  const std::uint64_t term = view.hard_state.term.value;
  if (story.candidate < 0) {
    if (view.role == consensus::Role::Candidate && term > story.term) hide_candidate(number);
    return;
  }
  if (number == story.candidate) {
    if (view.role != consensus::Role::Candidate) end_overtaken_vote();
    return;
  }
  const unsigned self = 1U << number;
  const auto are_enough = [](unsigned nodes, std::size_t voters) {
    return static_cast<std::size_t>(std::popcount(nodes)) >= voters / 2;
  };
  const std::size_t voters = stage_.world.membership().voters().size();
  if (story.act == OvertakenVote::Act::Asleep) {
    if (view.role != consensus::Role::PreCandidate || (story.asked & self) != 0) return;
    story.asked |= self;
    if (!are_enough(story.asked, voters)) return;
    story.act = OvertakenVote::Act::Asked;
    const std::int64_t answered = 4 * (stage_.config.delay_min_us + stage_.config.delay_mean_us);
    stage_.queue.wake(stage_.now + answered, Due::What::FaultEnds, story.number = next_number_++);
  } else if (story.act == OvertakenVote::Act::Awake) {
    const bool hears = view.leader == node(story.leader).id().member && term == story.term;
    if (!hears || (story.hear & self) != 0) return;
    // And gets no entry any more that the candidate doesn't have.
    story.hear |= self;
    story.cuts.push_back(cut(from_to(1U << story.leader, self)));
    if (!are_enough(story.asked & story.hear, voters)) return;
    for (int i = 0; i < size(); ++i) {
      if (i != story.leader) network_.release(story.candidate, i);
    }
  }
}

// Nobody hears it, and nobody else is elected meanwhile.
void Nemesis::hide_candidate(int number) {
  OvertakenVote& story = *overtaken_vote_;
  story.candidate = number;
  const unsigned leader = 1U << story.leader;
  const unsigned others = 0xff & ~leader & ~(1U << number);
  for (int i = 0; i < size(); ++i) network_.hold(number, i);
  story.cuts.push_back(cut(from_to(others, others)));
  story.unheard = cut(from_to(others, leader));
}

void Nemesis::end_overtaken_vote() {
  const OvertakenVote story = *overtaken_vote_;
  overtaken_vote_.reset();
  network_.set_lag(story.leader, 0);
  mend(story.unheard);
  for (const std::uint64_t number : story.cuts) mend(number);
  for (int i = 0; i < size() && story.candidate >= 0; ++i) network_.release(story.candidate, i);
  const SimNode& leader = node(story.leader);
  const bool sleeps = story.act != OvertakenVote::Act::Lagging;
  if (sleeps && leader.up() && leader.paused) stage_.emit(EventKind::Resume, story.leader);
}

}  // namespace confman::sim
