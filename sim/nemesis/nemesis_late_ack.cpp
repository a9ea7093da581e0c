#include <utility>

#include "sim/nemesis/nemesis.hpp"

namespace confman::sim {

void Nemesis::begin_late_ack() {
  const std::optional<int> leader = stage_.world.leader();
  if (late_ack_ || !leader || size() != 5 || stage_.world.membership().voters().size() != 5) return;
  LateAck& story = late_ack_.emplace(LateAck{});
  story.leader = *leader;
  story.follower = (*leader + 1 + static_cast<int>(prng_.below(4))) % 5;
  story.term = node(*leader).view().hard_state.term.value;
  story.number = next_number_++;
  const unsigned pair = 1U << story.leader | 1U << story.follower;
  story.cuts.push_back(cut(from_to(1U << story.leader, 0xff & ~pair)));
  network_.hold(story.follower, story.leader);
  constexpr std::int64_t kPatience = 12;
  stage_.queue.wake(stage_.now + kPatience * stage_.config.election_max_us, Due::What::FaultEnds,
                    story.number);
}

void Nemesis::watch_late_ack() {
  LateAck& story = *late_ack_;
  const LogImage& acknowledged = node(story.follower).log().durable();
  switch (story.act) {
    case LateAck::Act::Acknowledged: {
      // The follower holds some of the leader's last entries, and others have elected another one.
      const std::optional<int> successor = stage_.world.leader();
      if (!successor || *successor == story.leader) {
        if (!acknowledged.entries.empty() &&
            acknowledged.entries.back().entry.term.value == story.term) {
          story.index = acknowledged.last_index();
        }
        return;
      }
      if (story.index < stage_.world.committed() + 3) return end_late_ack();
      story.term = node(*successor).view().hard_state.term.value;
      story.act = LateAck::Act::WrittenOver;
      return;
    }
    case LateAck::Act::WrittenOver:
      return late_ack_written_over();
    case LateAck::Act::LeadsAgain:
      return late_ack_leads_again();
  }
}

// Both logs now end in the successor's term: it may go, and the follower be left alone.
void Nemesis::late_ack_written_over() {
  LateAck& story = *late_ack_;
  const auto is_written_over = [&](int number) {
    const LogImage& log = node(number).log().durable();
    return !log.entries.empty() && log.entries.back().entry.term.value == story.term;
  };
  if (!is_written_over(story.follower) || !is_written_over(story.leader)) return;
  if (node(story.leader).log().durable().last_index() + 1 >= story.index) return end_late_ack();
  const std::optional<int> successor = stage_.world.leader();
  if (!successor || *successor == story.leader || *successor == story.follower) {
    return end_late_ack();
  }
  for (const std::uint64_t number : story.cuts) mend(number);
  const unsigned alone = 1U << story.follower;
  story.cuts = {cut(from_to(0xff, alone)), cut(from_to(alone, 0xff & ~(1U << story.leader)))};
  story.act = LateAck::Act::LeadsAgain;
  crash(*successor);
  // The others wake up when the former leader asks them for their votes.
  for (int i = 0; i < size(); ++i) {
    if (i == story.leader || i == story.follower || i == *successor || node(i).paused) continue;
    if (node(i).up()) stage_.emit(EventKind::Pause, i);
  }
}

void Nemesis::late_ack_leads_again() {
  LateAck& story = *late_ack_;
  const SimNode& again = node(story.leader);
  if (!again.up()) return end_late_ack();
  const consensus::NodeView view = again.view();
  if (view.role == consensus::Role::PreCandidate) {
    for (int i = 0; i < size(); ++i) {
      if (node(i).up() && node(i).paused) stage_.emit(EventKind::Resume, i);
    }
    return;
  }
  if (view.role != consensus::Role::Leader || view.hard_state.term.value <= story.term) return;
  // Only one of the others gets what it writes now: no majority has it.
  bool reached = false;
  for (int i = 0; i < size(); ++i) {
    if (i == story.leader || i == story.follower) continue;
    if (std::exchange(reached, true)) {
      story.cuts.push_back(cut(from_to(1U << story.leader, 1U << i)));
    }
  }
  story.term = view.hard_state.term.value;
  network_.release(story.follower, story.leader);
  stage_.queue.wake(stage_.now + 20 * stage_.config.delay_mean_us, Due::What::FaultEnds,
                    story.number);
}

void Nemesis::end_late_ack() {
  const LateAck story = *late_ack_;
  late_ack_.reset();
  network_.release(story.follower, story.leader);
  for (const std::uint64_t number : story.cuts) mend(number);
  for (int i = 0; i < size(); ++i) {
    if (story.act == LateAck::Act::LeadsAgain && node(i).paused) stage_.emit(EventKind::Resume, i);
  }
}

}  // namespace confman::sim
