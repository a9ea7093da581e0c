#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

// Slow and full disks. A leader whose disk is slower than its followers' holds up everybody,
// because a write is applied, and answered, where it is durable; a leader whose disk is full can
// take nothing. Either hands over to somebody better off, if there is somebody.
namespace confman::consensus {
namespace {

// Writes in a row that took longer than half of an election time-out.
constexpr int kSlowWrites = 8;
// A leader stays for so many election time-outs before its disk is a reason to go: if all disks are
// slow, leadership must not wander.
constexpr int kStayTimeouts = 10;

}  // namespace

// A write of this node's own has been done.
void RaftNode::note_write_time(Leader& leading) {
  const bool slow = durable_.last_write_time() * 2 > config_.election_timeout_min;
  leading.slow_writes = slow ? leading.slow_writes + 1 : 0;
}

void RaftNode::check_own_disk(Leader& leading) {
  const std::optional<Time> oldest = durable_.oldest();
  const Duration waiting = oldest ? now_ - *oldest : Duration{};
  if (leading.peers.empty() || leading.transfer) return;
  if (waiting >= config_.disk_stall * 2) {
    CONFMAN_MARK("disk: the leader's disk hangs, and it steps down");
    become_follower(term(), std::nullopt);
    return;
  }
  const bool stalled = waiting >= config_.disk_stall;
  const bool slow = leading.slow_writes >= kSlowWrites &&
                    now_ - leading.since >= config_.election_timeout_max * kStayTimeouts;
  if (!stalled && !slow) return;
  // The proof that it is this disk, and not the load: another one is ahead.
  const Progress* successor = best_successor(leading);
  if (!successor || (stalled && successor->match() <= durable_.index())) return;
  CONFMAN_MARK("disk: the leader's disk is slower than a follower's, so it hands over");
  leading.slow_writes = 0;
  begin_transfer(leading, {}, *successor);
}

void RaftNode::on(DiskSpace&& event) {
  const std::uint64_t needed = low_space_ ? config_.resume_free_bytes : config_.min_free_bytes;
  const bool low = event.free_bytes < needed;
  free_bytes_ = event.free_bytes;
  // A half of the reserve is for what leaders have in their logs already, the rest for what must
  // always be possible: votes, and the log's own housekeeping.
  no_space_ = event.free_bytes < config_.min_free_bytes / 2;
  if (low == low_space_) return;
  low_space_ = low;
  if (low) {
    CONFMAN_MARK("disk: space is low");
  } else {
    CONFMAN_MARK("disk: there is space again");
  }
}

void RaftNode::check_space(Leader& leading) {
  if (!low_space_ || leading.transfer || leading.peers.empty()) return;
  if (now_ - leading.since < config_.election_timeout_max) return;
  const Progress* successor = best_successor(leading);
  if (!successor) return;
  CONFMAN_MARK("disk: the leader's disk is full, so it hands over");
  begin_transfer(leading, {}, *successor);
}

// Whether a majority can take entries, as far as is known.
bool RaftNode::quorum_has_space(const Leader& leading) const {
  const auto lacks_space = [](Condition c) {
    return c == Condition::LowSpace || c == Condition::NoSpace;
  };
  return quorum_.majority([&](MemberId id) {
    if (id == self()) return !low_space_;
    return std::ranges::none_of(
        leading.peers, [&](const Progress& p) { return p.id() == id && lacks_space(p.condition); });
  });
}

Condition RaftNode::condition() const {
  if (repair_) return Condition::Damaged;
  if (awaits_state_ && !installing_) return Condition::Stateless;
  if (no_space_) return Condition::NoSpace;
  return low_space_ ? Condition::LowSpace : Condition::Ready;
}

}  // namespace confman::consensus
