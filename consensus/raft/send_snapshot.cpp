#include "consensus/raft/send_snapshot.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/marks.hpp"

namespace confman::consensus {

void SnapshotSender::send_snapshot(Leader& leading, Progress& follower) {
  if (!context_.is_active(follower)) return;  // nobody there to send it to
  if (!durable_.hard_state_done()) return;    // chunks carry the term, which is still being written
  if (built_ && built_->last.index >= log_.base().index) {
    follower.become_snapshot(*built_);
    send_chunk(leading, follower, 0);
    return;
  }
  build_snapshot();
}

void SnapshotSender::build_snapshot() {
  if (building_ || context_.now < build_not_before_) return;
  building_ = true;
  out_.emit(BuildSnapshot{});
}

void SnapshotSender::send_chunk(Leader& leading, Progress& follower, std::uint64_t offset) {
  SnapshotTransfer& transfer = follower.transfer();
  // What isn't taken may not be welcome: a follower without room for it says nothing.
  const bool again =
      std::exchange(transfer.offset, offset) == offset && transfer.retry_at != Time::never();
  transfer.backoff = again ? std::min(2 * transfer.backoff, kMaxSnapshotBackoff) : 1;
  transfer.retry_at = context_.now + context_.config.snapshot_retry * transfer.backoff;
  out_.emit(SendSnapshotChunk{.to = follower.node(),
                              .term = ballot_.term(),
                              .meta = transfer.meta,
                              .offset = offset,
                              .max_bytes = context_.config.snapshot_chunk_bytes,
                              .round = leading.round,
                              .repair_id = 0});
}

void SnapshotSender::retry_snapshots(Leader& leading) {
  for (Progress& follower : leading.peers) {
    if (follower.state() != ProgressState::Snapshot) continue;
    SnapshotTransfer& transfer = follower.transfer();
    if (context_.now < transfer.retry_at) continue;
    if (context_.is_active(follower)) {
      send_chunk(leading, follower, transfer.offset);
    } else {
      transfer.backoff = 1;
      transfer.retry_at = context_.now + context_.config.snapshot_retry;
    }
  }
}

void SnapshotSender::answered(Leader& leading, Progress& follower, const SnapshotReply& body) {
  if (follower.state() != ProgressState::Snapshot) return;
  SnapshotTransfer& transfer = follower.transfer();
  if (transfer.meta.last != body.last) return;
  switch (body.status) {
    case SnapshotStatus::Continue:
      // The chunk from there is under way: this answer is a duplicate.
      if (body.next_offset == transfer.offset || body.next_offset >= transfer.meta.size) return;
      send_chunk(leading, follower, body.next_offset);
      return;
    case SnapshotStatus::Installed:
      transfer.backoff = 1;
      transfer.retry_at = context_.now + context_.config.snapshot_retry;
      return;
    case SnapshotStatus::Rejected:
      forget_snapshot(body.last);
      return;
  }
}

void SnapshotSender::on(SnapshotBuilt&& event) {
  building_ = false;
  built_ = std::move(event.meta);
}

void SnapshotSender::on(SnapshotFailed&&) {
  building_ = false;
  build_not_before_ = context_.now + context_.config.snapshot_retry;
}

void SnapshotSender::on(SnapshotLost&& event) {
  forget_snapshot(event.last);
}

void SnapshotSender::forget_snapshot(LogId last) {
  CONFMAN_MARK("snapshot: it is gone or damaged, and another one is built");
  if (built_ && built_->last == last) built_.reset();
  auto* leading = roles_.leading();
  if (!leading) return;
  for (Progress& follower : leading->peers) {
    const bool sending = follower.state() == ProgressState::Snapshot;
    if (sending && follower.transfer().meta.last == last) follower.become_probe();
  }
}

}  // namespace confman::consensus
