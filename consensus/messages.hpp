#pragma once

#include <cstdint>
#include <optional>
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

// What a follower is good for, besides being there.
enum class Condition : std::uint8_t {
  Ready = 0,
  LowSpace = 1,   // it takes what is in the leader's log, but the log had better not grow
  NoSpace = 2,    // it takes no entries
  Damaged = 3,    // a part of its log is lost; it fetches that first (raft/recv_repair.cpp)
  Stateless = 4,  // it needs a snapshot, whatever the log may have
};
inline constexpr Condition kLastCondition = Condition::Stateless;
inline bool takes_entries(Condition condition) {
  return condition == Condition::Ready || condition == Condition::LowSpace;
}

struct AppendReply {
  bool success = false;
  // success: the log is known to match up to here, durably. Otherwise: the prev.index refused.
  LogIndex match;
  // On refusal: a place where the logs may agree: the last index of the receiver's log at or before
  // the refused one whose term is at most prev.term, and that term. Skips a whole term per round
  // trip (etcd-io/raft "findConflictByTerm").
  LogId hint;
  std::uint64_t round{};
  Condition condition{};
};

// Keeps a follower from campaigning, confirms reads, moves its commit index. Separate from
// AppendRequest so that it is never queued behind entries.
struct Heartbeat {
  LogIndex commit;  // never above what the follower is known to match
  // What the follower has acknowledged to this leader. A follower whose disk holds less has lost
  // what it promised, and says so by stopping.
  LogIndex match;
  std::uint64_t round{};
};

struct HeartbeatReply {
  std::uint64_t round{};
  Condition condition{};
  std::uint64_t feature_level{};  // the newest that the sender can apply
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
  LogId last;                     // the log prefix it replaces
  std::uint64_t chain{};          // of that prefix (hash_chain.hpp)
  Bytes membership;               // encoded Membership as of `last`
  std::uint64_t feature_level{};  // as of `last`
  std::uint64_t size{};           // of the stream, in bytes
  std::uint32_t checksum{};       // CRC-32C of the stream

  friend bool operator==(const SnapshotMeta&, const SnapshotMeta&) = default;
};

struct SnapshotChunk {
  SnapshotMeta meta;
  std::uint64_t offset{};
  std::uint32_t crc{};  // CRC-32C of data
  Payload data;
  std::uint64_t round{};
  // Not 0: asked for by this RepairRequest, and sent by whoever has it.
  std::uint64_t repair_id{};
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

// Who the members are by their disks: how a cluster is founded, and how a node finds out that it
// isn't part of it, or no longer (raft/founding.cpp). Its term is that of the sender, perhaps 0.
struct Introduction {
  bool wants_answer = false;
  // The founders as the sender's disk knows them; empty if it has joined a cluster that was there.
  std::vector<NodeId> founders;  // ascending
  bool founded = false;          // all of them had this record
  // What the sender knows to be agreed on: the configuration as of `committed`, in which the
  // receiver is a voter or learner, or isn't. Of a sender without a log: 0.
  LogIndex committed;
  bool member = false;
};

// Entries that the sender once had and has lost (Alagappan et al., FAST '18). Anybody answers who
// has them, whoever leads; the sender proves by their hashes or terms that they are the same.
struct RepairRequest {
  // Drawn anew whenever everybody is asked, and echoed: an answer to an earlier life of the asker,
  // or to an earlier need, must not decide what is given up today.
  std::uint64_t id{};
  LogIndex from;
  LogIndex to;  // inclusive
  // Set: the chunk from that offset of this snapshot, of which an answer has told.
  std::optional<LogId> snapshot;
  std::uint64_t offset{};
};
enum class RepairVerdict : std::uint8_t {
  Entries = 0,    // from `from` on, as many as fit
  Absent = 1,     // the answering log is whole, and ends before `from`
  Damaged = 2,    // lost here too
  Compacted = 3,  // no longer in the log, but in the state
};
struct RepairReply {
  std::uint64_t id{};
  LogIndex from;
  RepairVerdict verdict{};
  bool leads = false;  // the sender leads the message's term
  bool whole = false;  // nothing of the answering log is lost
  LogId last;          // where it ends
  Bytes membership;    // encoded: the latest in it; empty if it names none
  LogIndex named_at;   // of the entry that named that one
  LogId prev;          // Entries: what comes before them in the answering log; 0:0 if that is lost
  LogId snapshot;      // Compacted: one that has the entry in it; 0:0 if there is none yet
  std::vector<Entry> entries;

  // Entries: they are of a log. Behind a hole in it each of them is whole by itself, and may be of
  // another time than the one before it.
  bool of_log() const { return from <= last.index; }
};

using MessageBody =
    std::variant<VoteRequest, VoteReply, AppendRequest, AppendReply, Heartbeat, HeartbeatReply,
                 ReadIndexRequest, ReadIndexReply, SnapshotChunk, SnapshotReply, TimeoutNow,
                 Introduction, RepairRequest, RepairReply>;

struct Message {
  GroupId group;
  NodeId from;
  NodeId to;  // a message to a former life of a member isn't for the present one
  Term term;
  MessageBody body;
};

// A node that has never been in a term can say who it is, that it has no vote to give, and what its
// log doesn't have. Everything else is said in a term.
bool may_be_of_no_term(const MessageBody& body);

const char* name_of(const MessageBody& body);

}  // namespace confman::consensus
