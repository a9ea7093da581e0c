#include "app/node/cluster_clock.hpp"

#include <algorithm>

namespace confman::node {
namespace {

// The end of the year 9999: nobody's clock says more, and sums of it don't overflow.
constexpr std::int64_t kLastWallMs = 253'402'300'799'999;

std::int64_t size_of(std::int64_t difference_ms) {
  return std::max(difference_ms, -difference_ms);
}

// What a clock that showed `then` shows now, if it runs as ours does.
std::int64_t goes_on(const Now& then, Time now) {
  return then.wall.ms + (now - then.mono).to_millis();
}

}  // namespace

std::vector<consensus::MemberId> ClusterClock::to_ask(Time now,
                                                      std::span<const consensus::MemberId> voters,
                                                      consensus::MemberId self) const {
  std::vector<consensus::MemberId> found;
  for (const consensus::MemberId voter : voters) {
    if (voter == self) continue;
    const auto peer = peers_.find(voter);
    const bool awaited = peer != peers_.end() && peer->second.question != 0 &&
                         now - peer->second.asked_at <= limits_.max_round_trip;
    if (!awaited) found.push_back(voter);
  }
  return found;
}

void ClusterClock::asked(consensus::MemberId who, std::uint64_t question, Time now) {
  Peer& peer = peers_[who];
  peer.question = question;
  peer.asked_at = now;
}

void ClusterClock::answered(consensus::MemberId who, std::uint64_t question, Now now,
                            WallTime theirs) {
  const auto it = peers_.find(who);
  if (it == peers_.end() || question == 0 || it->second.question != question) return;
  Peer& peer = it->second;
  peer.question = 0;
  const Duration round_trip = now.mono - peer.asked_at;
  if (round_trip > limits_.max_round_trip || theirs.ms < 0 || theirs.ms > kLastWallMs) return;
  peer.said = Now{peer.asked_at + round_trip / 2, theirs};
}

void ClusterClock::keep(std::span<const consensus::MemberId> voters) {
  std::erase_if(peers_, [&](const auto& peer) {
    return std::ranges::find(voters, peer.first) == voters.end();
  });
}

std::optional<std::int64_t> ClusterClock::clock_of(consensus::MemberId who, Time now) const {
  const auto peer = peers_.find(who);
  if (peer == peers_.end() || !peer->second.said) return std::nullopt;
  const Now& said = *peer->second.said;
  if (now - said.mono > limits_.max_age) return std::nullopt;
  return goes_on(said, now);
}

std::optional<ClusterClock::Word> ClusterClock::majority(
    Now now, std::span<const consensus::MemberId> voters, consensus::MemberId self) const {
  std::vector<std::int64_t> clocks;
  for (const consensus::MemberId voter : voters) {
    const auto clock = voter == self ? std::optional(now.wall.ms) : clock_of(voter, now.mono);
    if (clock) clocks.push_back(*clock);
  }
  const std::size_t quorum = voters.size() / 2 + 1;
  if (clocks.size() < quorum) return std::nullopt;
  std::ranges::sort(clocks);
  return Word{clocks[clocks.size() - quorum], clocks[quorum - 1]};
}

void ClusterClock::look(Now now, std::span<const consensus::MemberId> voters,
                        consensus::MemberId self) {
  offset_.reset();
  middle_.reset();
  const std::int64_t bound = limits_.bound.to_millis();
  const auto word = majority(now, voters, self);
  hears_ = word.has_value();
  if (!word) return;
  if (word->latest_ms - word->earliest_ms > 2 * bound) {
    const std::int64_t held = time(now.mono).value_or(WallTime{word->earliest_ms}).ms;
    held_ = Now{now.mono, {std::clamp(held, word->earliest_ms, word->latest_ms)}};
    return;
  }
  knows_ = true;
  held_ =
      Now{now.mono, {std::clamp(now.wall.ms, word->latest_ms - bound, word->earliest_ms + bound)}};
  middle_ = Now{now.mono, {word->middle_ms()}};
  const std::int64_t offset = now.wall.ms - word->middle_ms();
  offset_ = Duration::millis(offset);
  const std::int64_t limit = limits_.off.to_millis();
  off_ = size_of(offset) > (off_ ? limit / 2 : limit);
}

void ClusterClock::observe(WallTime stamp, Time now) {
  if (knows_ || stamp.ms <= 0 || stamp.ms > kLastWallMs) return;
  const auto held = time(now);
  if (!held || held->ms < stamp.ms) held_ = Now{now, stamp};
}

std::optional<WallTime> ClusterClock::time(Time now) const {
  if (!held_) return std::nullopt;
  return WallTime{goes_on(*held_, now)};
}

bool ClusterClock::is_right(consensus::MemberId who, Time now) const {
  const auto clock = clock_of(who, now);
  if (!clock || !middle_) return false;
  return size_of(*clock - goes_on(*middle_, now)) <= limits_.bound.to_millis();
}

}  // namespace confman::node
