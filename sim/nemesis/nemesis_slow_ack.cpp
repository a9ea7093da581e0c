#include "sim/nemesis/nemesis.hpp"

namespace confman::sim {

// A follower has taken entries, and its disk takes longer over them than an election: it doesn't
// hear its leader any more, is asked for its vote by somebody who lacks the entries, and its
// acknowledgement reaches the old leader afterwards.
void Nemesis::begin_slow_ack() {
  const std::optional<int> leader = stage_.world.leader();
  if (slow_ack_ || !leader) return;
  std::vector<int> others;
  for (const consensus::MemberId id : stage_.world.membership().voters()) {
    const int number = static_cast<int>(id.value) - 1;
    if (number != *leader) others.push_back(number);
  }
  if (others.size() < 2) return;
  SlowAck& story = slow_ack_.emplace(SlowAck{});
  story.leader = *leader;
  story.number = next_number_++;
  // As many as make a majority with the leader.
  const std::size_t first = prng_.below(others.size());
  for (std::size_t i = 0; i < (others.size() + 1) / 2; ++i) {
    const int follower = others[(first + i) % others.size()];
    story.slow |= 1U << follower;
    disk_.stall_next_sync(follower, 5 * stage_.config.election_min_us / 2);
    stage_.emit(EventKind::Slow, follower, 0);
  }
  // The others get nothing of it.
  story.cuts.push_back(cut(from_to(1U << *leader, 0xff & ~story.slow)));
  stage_.queue.wake(stage_.now + stage_.config.election_max_us, Due::What::FaultEnds, story.number);
}

// Once their acknowledgements wait for their disks, the slow ones don't hear the leader any more.
void Nemesis::watch_slow_ack() {
  SlowAck& story = *slow_ack_;
  const SimNode& leader = node(story.leader);
  if (story.is_under_way) return wake_slow_ones();
  if (!leader.up() || leader.paused) return;
  const LogImage& log = leader.log().written();
  if (log.last_index() <= leader.view().commit.value) return;
  for (int i = 0; i < size(); ++i) {
    if ((story.slow >> i & 1) == 0) continue;
    const SimLogStore& slow = node(i).log();
    const bool waits =
        slow.written().chain_at(log.last_index()) == log.chain_at(log.last_index()) &&
        slow.durable().last_index() < log.last_index();
    if (!waits) return;
  }
  story.is_under_way = true;
  const unsigned self = 1U << story.leader;
  if (prng_.chance(1, 3)) {
    story.cuts.push_back(cut(from_to(self, story.slow)));
  } else {
    // Nor can it notice that nobody answers. The acknowledgements are the first that it reads when
    // it wakes up, as those who lack the entry don't get through to it.
    story.cuts.push_back(cut(from_to(0xff & ~story.slow & ~self, self)));
    // And the slow ones are asked for their votes before they can think of asking for any.
    for (int i = 0; i < size(); ++i) {
      const bool sleeps = i == story.leader || (story.slow >> i & 1) != 0;
      if (sleeps && node(i).up() && !node(i).paused) stage_.emit(EventKind::Pause, i);
    }
    story.wake_at = stage_.now + 2 * stage_.config.election_min_us;
  }
  stage_.queue.wake(stage_.now + 7 * stage_.config.election_max_us, Due::What::FaultEnds,
                    story.number = next_number_++);
}

void Nemesis::wake_slow_ones() {
  SlowAck& story = *slow_ack_;
  if (story.wake_at == 0 || stage_.now < story.wake_at) return;
  const auto asks = [&](int i) {
    return i != story.leader && (story.slow >> i & 1) == 0 && node(i).up() &&
           node(i).view().role == consensus::Role::PreCandidate;
  };
  bool asked = false;
  for (int i = 0; i < size(); ++i) asked = asked || asks(i);
  if (!asked) return;
  story.wake_at = 0;
  for (int i = 0; i < size(); ++i) {
    if ((story.slow >> i & 1) != 0 && node(i).paused) stage_.emit(EventKind::Resume, i);
  }
}

void Nemesis::end_slow_ack() {
  const SlowAck story = *slow_ack_;
  slow_ack_.reset();
  for (const std::uint64_t number : story.cuts) mend(number);
  if (!story.is_under_way) return;
  for (int i = 0; i < size(); ++i) {
    const bool slept = i == story.leader || (story.slow >> i & 1) != 0;
    if (slept && node(i).paused) stage_.emit(EventKind::Resume, i);
  }
}

}  // namespace confman::sim
