#include "consensus/raft/progress.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"

namespace confman::consensus {

Progress::Progress(NodeId node, LogIndex next, const RaftConfig& config, Time now)
    : heard(now),
      node_(node),
      next_(next),
      inflights_(config.max_inflight_appends, config.max_inflight_bytes),
      lag_target_(next.prev()),
      lag_since_(now) {}

void Progress::bind(std::uint64_t incarnation) {
  node_.incarnation = incarnation;
  match_ = {};
  round = 0;
  told_commit = {};
  caught_up_ = false;
  become_probe();
}

void Progress::measure_lag(LogIndex last, Time now, Duration limit) {
  const bool by_snapshot = state_ == ProgressState::Snapshot;
  if (match_ < lag_target_ && !by_snapshot) {
    if (now - lag_since_ > limit) caught_up_ = false;
    return;
  }
  caught_up_ = now - lag_since_ <= limit && !by_snapshot;
  lag_target_ = last;
  lag_since_ = now;
}

bool Progress::paused() const {
  if (!takes_entries(condition)) return true;
  switch (state_) {
    case ProgressState::Probe:
      return probe_sent_;
    case ProgressState::Replicate:
      return inflights_.full();
    case ProgressState::Snapshot:
      return true;
  }
  return true;
}

bool Progress::acknowledged(LogIndex match) {
  if (match < match_) return false;  // overtaken: match never goes back
  const bool news = match > match_;
  match_ = match;
  next_ = std::max(next_, match_.next());
  inflights_.free_to(match_);
  if (state_ == ProgressState::Probe) become_replicate();
  return news;
}

bool Progress::refused(LogIndex prev, LogIndex hint) {
  if (state_ == ProgressState::Snapshot) return false;
  if (prev <= match_) return false;
  if (state_ == ProgressState::Probe && prev != next_.prev()) return false;
  become_probe();
  const LogIndex agreed = std::min(prev.prev(), hint);
  next_ = std::max(match_.next(), agreed.next());  // never at or below what is known to match
  return true;
}

void Progress::sent(LogIndex last, std::size_t bytes) {
  nudge = false;
  if (state_ == ProgressState::Probe) {
    probe_sent_ = true;
    return;
  }
  if (last < next_) return;  // empty: takes no room in the window
  inflights_.add(last, bytes);
  next_ = last.next();
}

void Progress::resume() {
  probe_sent_ = false;
  if (inflights_.full()) inflights_.free_first();
}

void Progress::lost(LogIndex from) {
  match_ = std::min(match_, from.prev());
  become_probe();
}

void Progress::become_probe() {
  state_ = ProgressState::Probe;
  probe_sent_ = false;
  nudge = true;
  next_ = match_.next();
  inflights_.clear();
  transfer_ = {};
}

void Progress::become_replicate() {
  state_ = ProgressState::Replicate;
  next_ = match_.next();
  inflights_.clear();
}

void Progress::become_snapshot(const SnapshotMeta& meta) {
  state_ = ProgressState::Snapshot;
  inflights_.clear();
  transfer_ = {.meta = meta, .offset = 0, .retry_at = Time::never()};
}

void check_peers(std::span<const Progress> peers, LogIndex last, const Membership& membership,
                 MemberId self) {
  const std::size_t others = membership.members.size() - (membership.contains(self) ? 1 : 0);
  CONFMAN_ASSERT(peers.size() == others, "A leader doesn't have all other members for followers.");
  for (const Progress& peer : peers) {
    CONFMAN_ASSERT(peer.id() != self && membership.contains(peer.id()),
                   "A leader has a follower that is no other member.");
    CONFMAN_ASSERT(peer.match() < peer.next(),
                   "A follower's next index is not above its match index.");
    CONFMAN_ASSERT(peer.match() <= last, "A follower matches beyond the end of the log.");
    CONFMAN_ASSERT(peer.next() <= last.next(), "A follower was sent entries that don't exist.");
  }
}

}  // namespace confman::consensus
