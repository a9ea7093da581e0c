#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "consensus/membership_change.hpp"
#include "consensus/messages.hpp"
#include "consensus/types.hpp"

// What happens to a node: a message, or something local. step() takes one of these.
namespace confman::consensus {

struct Received {
  Message message;
};

// next_deadline() was reached (or not: it is harmless).
struct TimePassed {};

struct Proposal {
  ProposalId id;
  Payload payload;
};
struct Propose {
  std::vector<Proposal> proposals;  // become consecutive entries
};

// Every persist request up to and including this one is on stable storage.
struct Persisted {
  PersistSeq upto;
};

// A reader wants a read index. Requests that come in one step share a round.
struct ReadRequested {
  ReadId id;
};

// The state machine holds everything up to `index` durably: the log may be compacted that far.
struct StateDurable {
  LogIndex index;
};

// The snapshot asked for by BuildSnapshot is there, or couldn't be built (asked again later).
struct SnapshotBuilt {
  SnapshotMeta meta;
};
struct SnapshotFailed {};

// The bytes of a SendSnapshotChunk effect could not be read (the snapshot is gone).
struct SnapshotLost {
  LogId last;
};

// StoreSnapshotChunk has been done: the staged stream now ends at next_offset.
struct SnapshotChunkStored {
  SnapshotMeta meta;
  std::uint64_t next_offset{};
};

// InstallSnapshot has been done, durably: the state machine is at meta.last; or the stream proved
// damaged and was thrown away.
struct SnapshotInstalled {
  SnapshotMeta meta;
};
struct SnapshotRejected {
  SnapshotMeta meta;
};

// Hand leadership to that member, or to whichever voter has most of the log (thesis §3.10).
struct TransferLeadership {
  ChangeId id;
  std::optional<MemberId> to;
};

// One change at a time; the entry that makes it is in force at once (Raft §6).
struct ChangeMembership {
  ChangeId id;
  MemberChange change;
  Bytes note;  // goes into the entry from level kMemberNotes on; at most kMaxChangeNoteBytes
};

// What is free on this node's disk now.
struct DiskSpace {
  std::uint64_t free_bytes{};
};

using Event = std::variant<Received, TimePassed, Propose, Persisted, ReadRequested, StateDurable,
                           SnapshotBuilt, SnapshotFailed, SnapshotLost, SnapshotChunkStored,
                           SnapshotInstalled, SnapshotRejected, TransferLeadership,
                           ChangeMembership, DiskSpace>;

}  // namespace confman::consensus
