#include "consensus/raft/recv_snapshot.hpp"

#include <algorithm>

#include "consensus/wire.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

void SnapshotReceiver::recv(const Message& m, SnapshotChunk& body) {
  if (body.repair_id != 0) return recv_repair_chunk(m, body);
  roles_.follow(m.from);
  roles_.following()->chunk_round = body.round;
  if (body.meta.feature_level > context_.config.max_feature_level)
    return out_.halt(HaltReason::FeatureTooNew);
  if (body.meta.last.index <= log_.commit() && !machine_.awaits_state) {
    // Old or useless: what it would bring is here already, and newer state must not be replaced by
    // it.
    CONFMAN_MARK("snapshot: refused, because what it brings is here");
    const LogIndex match = body.meta.last.index;
    out_.promise(m.from, AppendReply{.success = true,
                                     .match = match,
                                     .hint = {},
                                     .round = body.round,
                                     .condition = health_.condition()});
    return;
  }
  if (body.meta.last.index < log_.base().index) {
    CONFMAN_MARK("snapshot: refused, because the log here begins behind it");
    answer_chunk(m.from, body.meta, 0, SnapshotStatus::Rejected);
    return;
  }
  if (machine_.installing) {
    answer_chunk(m.from, body.meta, body.meta.size, SnapshotStatus::Installed);
    return;
  }
  take_chunk(body);
}

// How large a snapshot may be of which so much is here already: the stream goes to the disk first,
// and then a new state beside the old one. The reserve stays what it is.
std::uint64_t SnapshotReceiver::room_for_snapshot(std::uint64_t staged) const {
  if (!space_.free_bytes) return kMaxSnapshotBytes;
  const std::uint64_t above = *space_.free_bytes > context_.config.min_free_bytes
                                  ? *space_.free_bytes - context_.config.min_free_bytes
                                  : 0;
  const std::uint64_t all = above > UINT64_MAX - staged ? UINT64_MAX : above + staged;
  return std::min(all / (1 + kStateBytesPerSnapshotByte), kMaxSnapshotBytes);
}

// Answers nothing to what it doesn't take: whoever sent it tries again, ever more rarely, and space
// may be made meanwhile.
void SnapshotReceiver::take_chunk(SnapshotChunk& body) {
  // A damaged chunk counts as lost: it will be sent again.
  if (body.offset > body.meta.size || body.data->size() > body.meta.size - body.offset) return;
  if (crc32c(*body.data) != body.crc) return;
  const std::uint64_t room = room_for_snapshot(body.offset);
  if (body.meta.size > room) {
    CONFMAN_MARK("snapshot: refused, because the disk has no room for it");
    refused_snapshot_ = RefusedSnapshot{.bytes = body.meta.size, .room = room};
    refused_until_ = context_.now + context_.config.snapshot_retry * (2 * kMaxSnapshotBackoff);
    return;
  }
  refused_snapshot_.reset();
  out_.emit(StoreSnapshotChunk{std::move(body)});
}

// Asked for by this node (recv_repair.cpp).
void SnapshotReceiver::recv_repair_chunk(const Message& m, SnapshotChunk& body) {
  if (!repair_ || body.repair_id != repair_->question || repair_->snapshot_source != m.from) return;
  if (roles_.leader() || machine_.installing || body.meta.last.index <= log_.commit()) return;
  if (body.meta.feature_level > context_.config.max_feature_level)
    return out_.halt(HaltReason::FeatureTooNew);
  take_chunk(body);
}

void SnapshotReceiver::answer_chunk(NodeId to, const SnapshotMeta& meta, std::uint64_t next_offset,
                                    SnapshotStatus status) {
  const auto* follower = roles_.following();
  out_.send(to, SnapshotReply{.last = meta.last,
                              .next_offset = next_offset,
                              .status = status,
                              .round = follower ? follower->chunk_round : 0});
}

void SnapshotReceiver::on(SnapshotChunkStored&& event) {
  if (roles_.role() != Role::Follower || machine_.installing) return;
  if (event.meta.last.index <= log_.commit() && !machine_.awaits_state) return;
  if (!roles_.leader()) {
    if (!repair_ || !repair_->snapshot_source) return;
    if (event.next_offset < event.meta.size) {
      // A duplicate: what comes next has been asked for. To ask again for each copy of a chunk
      // would be to ask ever more, where copies are common.
      if (event.next_offset == repair_->snapshot_offset) return;
      return log_repair_.fetch_snapshot(*repair_->snapshot_source, event.meta.last,
                                        event.next_offset);
    }
    machine_.installing = event.meta;
    out_.emit(InstallSnapshot{event.meta});
    return;
  }
  if (event.next_offset < event.meta.size) {
    answer_chunk(roles_.leader_node(), event.meta, event.next_offset, SnapshotStatus::Continue);
    return;
  }
  machine_.installing = event.meta;
  out_.emit(InstallSnapshot{event.meta});
  answer_chunk(roles_.leader_node(), event.meta, event.next_offset, SnapshotStatus::Installed);
}

// The state machine is durably at the snapshot's end. Now the log follows.
void SnapshotReceiver::on(SnapshotInstalled&& event) {
  CONFMAN_ASSERT(machine_.installing == event.meta,
                 "A snapshot was installed that nobody had asked for.");
  machine_.installing.reset();
  const LogId last = event.meta.last;  // the snapshot's term, whatever term it is now
  founding_.end_blank();
  machine_.awaits_state = false;
  // A snapshot that was fetched without a leader may be of a term that this node hasn't heard of.
  if (ballot_.term() < last.term) roles_.become_follower(last.term, std::nullopt);
  if (log_.matches(last)) {
    // Raft §7: "If instead the follower receives a snapshot that describes a prefix of its log […]
    // entries following the snapshot are still valid and must be retained."
    log_.compact(last);
    // Another log's entries in place of ours: now from here on.
    if (repair_) repair_->successor.reset();
  } else if (repair_ && repair_->promises_behind(last)) {
    log_repair_.begin_damaged_behind({last, event.meta.chain});
  } else {
    CONFMAN_ASSERT(last.index > log_.commit(), "A snapshot contradicts what is committed here.");
    log_.reset({last, event.meta.chain});
    repair_.reset();  // what is missing is behind us
  }
  log_.restart_history(last.index, event.meta.membership);
  machine_.applied = last.index;
  machine_.durable = last.index;
  machine_.feature_level = std::max(machine_.feature_level, event.meta.feature_level);
  if (roles_.role() == Role::Follower && roles_.leader() && durable_.index() >= last.index) {
    out_.promise(roles_.leader_node(), AppendReply{.success = true,
                                                   .match = last.index,
                                                   .hint = {},
                                                   .round = 0,
                                                   .condition = health_.condition()});
  }
}

void SnapshotReceiver::on(SnapshotRejected&& event) {
  CONFMAN_ASSERT(machine_.installing == event.meta,
                 "A snapshot was rejected that nobody had asked for.");
  machine_.installing.reset();
  if (roles_.role() == Role::Follower && roles_.leader()) {
    CONFMAN_MARK("snapshot: rejected, because the stream was damaged");
    answer_chunk(roles_.leader_node(), event.meta, 0, SnapshotStatus::Rejected);
  }
}

std::optional<RefusedSnapshot> SnapshotReceiver::refused() const {
  return context_.now < refused_until_ ? refused_snapshot_ : std::optional<RefusedSnapshot>{};
}

}  // namespace confman::consensus
