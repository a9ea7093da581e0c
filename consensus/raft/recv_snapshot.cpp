#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "consensus/wire.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/marks.hpp"

// A snapshot arrives (Raft §7), in chunks that may be lost or come twice.
namespace confman::consensus {

void RaftNode::recv(const Message& m, SnapshotChunk& body) {
  if (body.repair_id != 0) return recv_repair_chunk(m, body);
  follow(m.from);
  std::get<Follower>(role_).chunk_round = body.round;
  if (body.meta.feature_level > config_.max_feature_level) return halt(HaltReason::FeatureTooNew);
  if (body.meta.last.index <= commit_ && !awaits_state_) {
    // Old or useless: what it would bring is here already, and newer state must not be replaced by
    // it.
    CONFMAN_MARK("snapshot: refused, because what it brings is here");
    const LogIndex match = body.meta.last.index;
    promise(m.from, AppendReply{.success = true,
                                .match = match,
                                .hint = {},
                                .round = body.round,
                                .condition = condition()});
    return;
  }
  if (body.meta.last.index < log_.base().index) {
    CONFMAN_MARK("snapshot: refused, because the log here begins behind it");
    answer_chunk(m.from, body.meta, 0, SnapshotStatus::Rejected);
    return;
  }
  if (installing_) {
    answer_chunk(m.from, body.meta, body.meta.size, SnapshotStatus::Installed);
    return;
  }
  take_chunk(body);
}

// How large a snapshot may be of which so much is here already: the stream goes to the disk first,
// and then a new state beside the old one. The reserve stays what it is.
std::uint64_t RaftNode::room_for_snapshot(std::uint64_t staged) const {
  if (!free_bytes_) return kMaxSnapshotBytes;
  const std::uint64_t above =
      *free_bytes_ > config_.min_free_bytes ? *free_bytes_ - config_.min_free_bytes : 0;
  const std::uint64_t all = above > UINT64_MAX - staged ? UINT64_MAX : above + staged;
  return std::min(all / (1 + kStateBytesPerSnapshotByte), kMaxSnapshotBytes);
}

// Answers nothing to what it doesn't take: whoever sent it tries again, ever more rarely, and space
// may be made meanwhile.
void RaftNode::take_chunk(SnapshotChunk& body) {
  // A damaged chunk counts as lost: it will be sent again.
  if (body.offset > body.meta.size || body.data->size() > body.meta.size - body.offset) return;
  if (crc32c(*body.data) != body.crc) return;
  const std::uint64_t room = room_for_snapshot(body.offset);
  if (body.meta.size > room) {
    CONFMAN_MARK("snapshot: refused, because the disk has no room for it");
    refused_snapshot_ = RefusedSnapshot{.bytes = body.meta.size, .room = room};
    refused_until_ = now_ + config_.snapshot_retry * (2 * kMaxSnapshotBackoff);
    return;
  }
  refused_snapshot_.reset();
  emit(StoreSnapshotChunk{std::move(body)});
}

// Asked for by this node (recv_repair.cpp).
void RaftNode::recv_repair_chunk(const Message& m, SnapshotChunk& body) {
  if (!repair_ || body.repair_id != repair_->question || repair_->snapshot_source != m.from) return;
  if (leader() || installing_ || body.meta.last.index <= commit_) return;
  if (body.meta.feature_level > config_.max_feature_level) return halt(HaltReason::FeatureTooNew);
  take_chunk(body);
}

void RaftNode::answer_chunk(NodeId to, const SnapshotMeta& meta, std::uint64_t next_offset,
                            SnapshotStatus status) {
  const auto* follower = std::get_if<Follower>(&role_);
  send(to, SnapshotReply{.last = meta.last,
                         .next_offset = next_offset,
                         .status = status,
                         .round = follower ? follower->chunk_round : 0});
}

void RaftNode::on(SnapshotChunkStored&& event) {
  if (role() != Role::Follower || installing_) return;
  if (event.meta.last.index <= commit_ && !awaits_state_) return;
  if (!leader()) {
    if (!repair_ || !repair_->snapshot_source) return;
    if (event.next_offset < event.meta.size) {
      // A duplicate: what comes next has been asked for. To ask again for each copy of a chunk
      // would be to ask ever more, where copies are common.
      if (event.next_offset == repair_->snapshot_offset) return;
      return fetch_snapshot(*repair_->snapshot_source, event.meta.last, event.next_offset);
    }
    installing_ = event.meta;
    emit(InstallSnapshot{event.meta});
    return;
  }
  if (event.next_offset < event.meta.size) {
    answer_chunk(leader_node(), event.meta, event.next_offset, SnapshotStatus::Continue);
    return;
  }
  installing_ = event.meta;
  emit(InstallSnapshot{event.meta});
  answer_chunk(leader_node(), event.meta, event.next_offset, SnapshotStatus::Installed);
}

// The state machine is durably at the snapshot's end. Now the log follows.
void RaftNode::on(SnapshotInstalled&& event) {
  CONFMAN_ASSERT(installing_ == event.meta, "A snapshot was installed that nobody had asked for.");
  installing_.reset();
  const LogId last = event.meta.last;  // the snapshot's term, whatever term it is now
  blank_.reset();
  awaits_state_ = false;
  // A snapshot that was fetched without a leader may be of a term that this node hasn't heard of.
  if (term() < last.term) become_follower(last.term, std::nullopt);
  if (log_.matches(last)) {
    // Raft §7: "If instead the follower receives a snapshot that describes a prefix of its log […]
    // entries following the snapshot are still valid and must be retained."
    log_.compact(last);
    durable_.compact(last);
    // Another log's entries in place of ours: now from here on.
    if (repair_) repair_->successor.reset();
  } else if (repair_ && repair_->promises_behind(last)) {
    begin_damaged_behind({last, event.meta.chain});
  } else {
    CONFMAN_ASSERT(last.index > commit_, "A snapshot contradicts what is committed here.");
    log_.reset(last);
    durable_.reset({last, event.meta.chain});
    repair_.reset();  // what is missing is behind us
  }
  restart_history(last.index, event.meta.membership);
  commit_ = std::max(commit_, last.index);
  applied_ = last.index;
  machine_durable_ = last.index;
  feature_level_ = std::max(feature_level_, event.meta.feature_level);
  if (role() == Role::Follower && leader() && durable_.index() >= last.index) {
    promise(leader_node(), AppendReply{.success = true,
                                       .match = last.index,
                                       .hint = {},
                                       .round = 0,
                                       .condition = condition()});
  }
}

// The configuration as of the snapshot, and those that what is left of the log names behind it.
void RaftNode::restart_history(LogIndex index, ByteView membership) {
  auto decoded = decode_membership(membership);
  CONFMAN_ASSERT(decoded.has_value(), "A snapshot names no configuration.");
  history_.reset(index, std::move(*decoded));
  for (LogIndex i = std::max(log_.first(), index.next()); i <= log_.last(); i = i.next()) {
    note_membership(log_.at(i));
  }
  adopt_membership();
}

void RaftNode::on(SnapshotRejected&& event) {
  CONFMAN_ASSERT(installing_ == event.meta, "A snapshot was rejected that nobody had asked for.");
  installing_.reset();
  if (role() == Role::Follower && leader()) {
    CONFMAN_MARK("snapshot: rejected, because the stream was damaged");
    answer_chunk(leader_node(), event.meta, 0, SnapshotStatus::Rejected);
  }
}

}  // namespace confman::consensus
