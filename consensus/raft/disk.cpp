#include "consensus/raft/disk.hpp"

#include <cstdint>
#include <optional>

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

void DiskWatch::note_write_time(Leader& leading) {
  const bool slow = durable_.last_write_time() * 2 > context_.config.election_timeout_min;
  leading.slow_writes = slow ? leading.slow_writes + 1 : 0;
}

void DiskWatch::check_own_disk(Leader& leading) {
  const std::optional<Time> oldest = durable_.oldest();
  const Duration waiting = oldest ? context_.now - *oldest : Duration{};
  if (leading.peers.empty() || leading.transfer) return;
  if (waiting >= context_.config.disk_stall * 2) {
    CONFMAN_MARK("disk: the leader's disk hangs, and it steps down");
    roles_.become_follower(ballot_.term(), std::nullopt);
    return;
  }
  const bool stalled = waiting >= context_.config.disk_stall;
  const bool slow =
      leading.slow_writes >= kSlowWrites &&
      context_.now - leading.since >= context_.config.election_timeout_max * kStayTimeouts;
  if (!stalled && !slow) return;
  // The proof that it is this disk, and not the load: another one is ahead.
  const Progress* successor = transfers_.best_successor(leading);
  if (!successor || (stalled && successor->match() <= durable_.index())) return;
  CONFMAN_MARK("disk: the leader's disk is slower than a follower's, so it hands over");
  leading.slow_writes = 0;
  transfers_.begin_transfer(leading, {}, *successor);
}

void DiskWatch::on(DiskSpace&& event) {
  const std::uint64_t needed =
      space_.low ? context_.config.resume_free_bytes : context_.config.min_free_bytes;
  const bool low = event.free_bytes < needed;
  space_.free_bytes = event.free_bytes;
  // A half of the reserve is for what leaders have in their logs already, the rest for what must
  // always be possible: votes, and the log's own housekeeping.
  space_.none = event.free_bytes < context_.config.min_free_bytes / 2;
  if (low == space_.low) return;
  space_.low = low;
  if (low) {
    CONFMAN_MARK("disk: space is low");
  } else {
    CONFMAN_MARK("disk: there is space again");
  }
}

void DiskWatch::check_space(Leader& leading) {
  if (!space_.low || leading.transfer || leading.peers.empty()) return;
  if (context_.now - leading.since < context_.config.election_timeout_max) return;
  const Progress* successor = transfers_.best_successor(leading);
  if (!successor) return;
  CONFMAN_MARK("disk: the leader's disk is full, so it hands over");
  transfers_.begin_transfer(leading, {}, *successor);
}

}  // namespace confman::consensus
