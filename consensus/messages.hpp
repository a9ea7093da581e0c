#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "consensus/types.hpp"

// What peers say to each other. Only these come from the wire: a peer can't say that time has
// passed or that our disk has finished (event.hpp).
namespace confman::consensus {

// Raft §5.2, §5.4.1; pre-vote: Ongaro's thesis §9.6.
struct VoteRequest {
  bool pre_vote = false;  // Message.term is then the term it *would* campaign in
  LogId last;             // durable end of the candidate's log
  // Set by leadership transfer: the receiver doesn't hold the request against a live leader.
  bool transfer = false;
};

struct VoteReply {
  bool pre_vote = false;
  bool granted = false;  // for a granted pre-vote Message.term is the campaign's term
};

// Raft §5.3. Also carries the leader's read round, so that replication confirms reads for free.
struct AppendRequest {
  LogId prev;
  LogIndex commit;
  std::uint64_t round{};
  std::vector<Entry>
      entries;  // contiguous after prev, terms not decreasing, none above Message.term
};

struct AppendReply {
  bool success = false;
  // success: the log is known to match up to here, durably. Otherwise: the prev.index refused.
  LogIndex match;
  // On refusal: a place where the logs may agree: the last index of the receiver's log at or before
  // the refused one whose term is at most prev.term, and that term. Skips a whole term per round
  // trip (etcd-io/raft "findConflictByTerm").
  LogId hint;
  std::uint64_t round{};
};

// Keeps a follower from campaigning, confirms reads, moves its commit index. Separate from
// AppendRequest so that it is never queued behind entries.
struct Heartbeat {
  LogIndex commit;  // never above what the follower is known to match
  std::uint64_t round{};
};

struct HeartbeatReply {
  std::uint64_t round{};
};

// ReadIndex (thesis §6.4) on behalf of a follower's readers.
struct ReadIndexRequest {
  ReadId id;  // of the asking node
};
struct ReadIndexReply {
  ReadId id;
  bool ok = false;  // false: not leader, or not yet able to serve; ask again
  LogIndex index;
};

struct SnapshotMeta {
  LogId last;                // the log prefix it replaces
  Bytes membership;          // encoded Membership as of `last`
  std::uint64_t size{};      // of the stream, in bytes
  std::uint32_t checksum{};  // CRC-32C of the stream

  friend bool operator==(const SnapshotMeta&, const SnapshotMeta&) = default;
};

struct SnapshotChunk {
  SnapshotMeta meta;
  std::uint64_t offset{};
  std::uint32_t crc{};  // CRC-32C of data
  Payload data;
  std::uint64_t round{};
};

enum class SnapshotStatus : std::uint8_t {
  Continue = 0,   // send from `next_offset`
  Installed = 1,  // all is there; once it is installed, an AppendReply with match = meta.last.index
  Rejected = 2,   // the stream was damaged: start again, with a new snapshot
};
struct SnapshotReply {
  LogId last;  // which snapshot
  std::uint64_t next_offset{};
  SnapshotStatus status = SnapshotStatus::Continue;
  std::uint64_t round{};
};

// Leadership transfer (thesis §3.10).
struct TimeoutNow {};

using MessageBody =
    std::variant<VoteRequest, VoteReply, AppendRequest, AppendReply, Heartbeat, HeartbeatReply,
                 ReadIndexRequest, ReadIndexReply, SnapshotChunk, SnapshotReply, TimeoutNow>;

struct Message {
  GroupId group;
  NodeId from;
  MemberId to;
  Term term;
  MessageBody body;
};

const char* name_of(const MessageBody& body);

}  // namespace confman::consensus
