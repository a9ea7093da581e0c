#include <algorithm>

#include "consensus/raft_node.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

// A snapshot arrives (Raft §7), in chunks that may be lost or come twice.
namespace confman::consensus {

void RaftNode::recv(const Message& m, SnapshotChunk& body) {
  follow(m.from.member);
  std::get<Follower>(role_).chunk_round = body.round;
  if (body.meta.last.index <= commit_) {
    // Old or useless: what it would bring is here already, and newer state must not be replaced by
    // it.
    const LogIndex match = body.meta.last.index;
    promise(m.from.member,
            AppendReply{.success = true, .match = match, .hint = {}, .round = body.round});
    return;
  }
  if (installing_) {
    answer_chunk(m.from.member, body.meta, body.meta.size, SnapshotStatus::Installed);
    return;
  }
  // A damaged chunk counts as lost: it will be sent again.
  if (body.offset > body.meta.size || body.data->size() > body.meta.size - body.offset) return;
  if (crc32c(*body.data) != body.crc) return;
  emit(StoreSnapshotChunk{std::move(body)});
}

void RaftNode::answer_chunk(MemberId to, const SnapshotMeta& meta, std::uint64_t next_offset,
                            SnapshotStatus status) {
  const auto* follower = std::get_if<Follower>(&role_);
  send(to, SnapshotReply{.last = meta.last,
                         .next_offset = next_offset,
                         .status = status,
                         .round = follower ? follower->chunk_round : 0});
}

void RaftNode::on(SnapshotChunkStored&& event) {
  if (!leader() || role() != Role::Follower || installing_) return;
  if (event.meta.last.index <= commit_) return;
  if (event.next_offset < event.meta.size) {
    answer_chunk(*leader(), event.meta, event.next_offset, SnapshotStatus::Continue);
    return;
  }
  installing_ = event.meta;
  emit(InstallSnapshot{event.meta});
  answer_chunk(*leader(), event.meta, event.next_offset, SnapshotStatus::Installed);
}

// The state machine is durably at the snapshot's end. Now the log follows.
void RaftNode::on(SnapshotInstalled&& event) {
  CONFMAN_ASSERT(installing_ == event.meta, "A snapshot was installed that nobody had asked for.");
  installing_.reset();
  const LogId last = event.meta.last;  // the snapshot's term, whatever term it is now
  if (log_.matches(last)) {
    // Raft §7: "If instead the follower receives a snapshot that describes a prefix of its log […]
    // entries following the snapshot are still valid and must be retained."
    log_.compact(last);
    durable_.compact(last);
  } else {
    CONFMAN_ASSERT(last.index > commit_, "A snapshot contradicts what is committed here.");
    log_.reset(last);
    durable_.reset(last);
  }
  commit_ = std::max(commit_, last.index);
  applied_ = last.index;
  machine_durable_ = last.index;
  if (role() == Role::Follower && leader()) {
    promise(*leader(), AppendReply{.success = true, .match = last.index, .hint = {}, .round = 0});
  }
}

void RaftNode::on(SnapshotRejected&& event) {
  CONFMAN_ASSERT(installing_ == event.meta, "A snapshot was rejected that nobody had asked for.");
  installing_.reset();
  if (role() == Role::Follower && leader()) {
    answer_chunk(*leader(), event.meta, 0, SnapshotStatus::Rejected);
  }
}

}  // namespace confman::consensus
