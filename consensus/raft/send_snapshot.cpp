#include <algorithm>
#include <utility>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

// A snapshot for followers that need what the log no longer has: built once for all of them, sent
// to each one chunk at a time.
namespace confman::consensus {

void RaftNode::send_snapshot(Leader& leading, Progress& follower) {
  if (!is_active(follower)) return;         // nobody there to send it to
  if (!durable_.hard_state_done()) return;  // chunks carry the term, which is still being written
  if (built_ && built_->last.index >= log_.base().index) {
    follower.become_snapshot(*built_);
    send_chunk(leading, follower, 0);
    return;
  }
  build_snapshot();
}

void RaftNode::build_snapshot() {
  if (building_ || now_ < build_not_before_) return;
  building_ = true;
  emit(BuildSnapshot{});
}

void RaftNode::send_chunk(Leader& leading, Progress& follower, std::uint64_t offset) {
  SnapshotTransfer& transfer = follower.transfer();
  // What isn't taken may not be welcome: a follower without room for it says nothing.
  const bool again =
      std::exchange(transfer.offset, offset) == offset && transfer.retry_at != Time::never();
  transfer.backoff = again ? std::min(2 * transfer.backoff, kMaxSnapshotBackoff) : 1;
  transfer.retry_at = now_ + config_.snapshot_retry * transfer.backoff;
  emit(SendSnapshotChunk{.to = follower.node(),
                         .term = term(),
                         .meta = transfer.meta,
                         .offset = offset,
                         .max_bytes = config_.snapshot_chunk_bytes,
                         .round = leading.round,
                         .repair_id = 0});
}

// Where an answer was lost the same chunk goes out again; the transfer never starts over.
void RaftNode::retry_snapshots(Leader& leading) {
  for (Progress& follower : leading.peers) {
    if (follower.state() != ProgressState::Snapshot) continue;
    SnapshotTransfer& transfer = follower.transfer();
    if (now_ < transfer.retry_at) continue;
    if (is_active(follower)) {
      send_chunk(leading, follower, transfer.offset);
    } else {
      transfer.backoff = 1;
      transfer.retry_at = now_ + config_.snapshot_retry;
    }
  }
}

void RaftNode::recv(const Message& m, SnapshotReply& body) {
  Progress* follower = heard_from(m);
  if (!follower) return;
  auto& leading = std::get<Leader>(role_);
  follower->round = std::max(follower->round, std::min(body.round, leading.round));
  confirm_reads(leading);
  if (follower->state() != ProgressState::Snapshot) return;
  SnapshotTransfer& transfer = follower->transfer();
  if (transfer.meta.last != body.last) return;
  switch (body.status) {
    case SnapshotStatus::Continue:
      // The chunk from there is under way: this answer is a duplicate.
      if (body.next_offset == transfer.offset || body.next_offset >= transfer.meta.size) return;
      send_chunk(leading, *follower, body.next_offset);
      return;
    case SnapshotStatus::Installed:
      transfer.backoff = 1;
      transfer.retry_at = now_ + config_.snapshot_retry;
      return;
    case SnapshotStatus::Rejected:
      forget_snapshot(body.last);
      return;
  }
}

void RaftNode::on(SnapshotBuilt&& event) {
  building_ = false;
  built_ = std::move(event.meta);
}

void RaftNode::on(SnapshotFailed&&) {
  building_ = false;
  build_not_before_ = now_ + config_.snapshot_retry;
}

void RaftNode::on(SnapshotLost&& event) {
  forget_snapshot(event.last);
}

void RaftNode::forget_snapshot(LogId last) {
  CONFMAN_MARK("snapshot: it is gone or damaged, and another one is built");
  if (built_ && built_->last == last) built_.reset();
  auto* leading = std::get_if<Leader>(&role_);
  if (!leading) return;
  for (Progress& follower : leading->peers) {
    const bool sending = follower.state() == ProgressState::Snapshot;
    if (sending && follower.transfer().meta.last == last) follower.become_probe();
  }
}

}  // namespace confman::consensus
