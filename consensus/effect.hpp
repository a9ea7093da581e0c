#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "consensus/membership_change.hpp"
#include "consensus/messages.hpp"
#include "consensus/types.hpp"

// What a step wants done, in order. An effect that promises something about local state carries the
// PersistSeq it must wait for; everything else may be done at once, and the disk writes while the
// network sends. There is no special path for a cluster of one.
namespace confman::consensus {

// Who founds the cluster, as one disk knows it (raft/founding.cpp).
struct FounderRecord {
  Membership members;    // incarnation 0: not met yet
  bool founded = false;  // every founder has the same record: this is the first configuration

  friend bool operator==(const FounderRecord&, const FounderRecord&) = default;
};

// One atomic write. Within it, in this order. The last two come only to a log with damage.
struct PersistRequest {
  PersistSeq seq;
  std::optional<FounderRecord> founders;
  std::optional<LogPoint> reset_to;       // drop the whole log; the next entry follows this one
  std::optional<LogIndex> truncate_from;  // drop entries with index >= this
  std::vector<Entry> append;              // contiguous
  std::optional<HardState> hard_state;
  std::optional<LogId> compact_to;  // drop entries with index <= this; may be lazy
  // Contiguous, where the store has nothing or something damaged: in place of that, and nothing
  // else is touched.
  std::vector<Entry> fill;
  // The log begins behind this one: drop what is up to there, damaged or not, and nothing else.
  std::optional<LogPoint> rebase;
};

struct Persist {
  PersistRequest request;
};

struct Send {
  Message message;
  PersistSeq after;  // 0: at once
};

// Committed and locally durable: to be applied in this order, each exactly once.
struct Apply {
  std::vector<Entry> entries;
};

// The answer to a Propose: where the entries went. Being in the log is no promise: the entry is
// done when it is applied with this term, and certainly not done when another term is applied at
// its index.
struct ProposalAppended {
  ProposalId id;
  LogId at;
};
enum class ProposeRefusal : std::uint8_t {
  NotLeader,
  Busy,     // too much uncommitted log (config.hpp)
  NoSpace,  // the disk of this leader, or of too many others, is as good as full
};
struct ProposalRefused {
  ProposalId id;
  ProposeRefusal why{};
};

// Linearizable as of the request once the state machine has applied `index`.
struct ReadReady {
  ReadId id;
  LogIndex index;
};
// Not confirmed and never will be (no leader known, leadership lost); ask again.
struct ReadFailed {
  ReadId id;
};

// Role, term or known leader changed.
struct StatusChanged {};

// Another configuration is in force here, committed or not.
struct MembershipInForce {
  Membership contacts;  // Engine::contacts()
};

// The answer to a ChangeMembership: where its entry went. The change is done when the state machine
// has been given a Membership entry at or behind that index that isn't joint, and certainly not
// done when it is given an entry of another term at that index.
struct ChangeAppended {
  ChangeId id;
  LogId at;
};
struct ChangeRefused {
  ChangeId id;
  ChangeRefusal why{};
};
// A transfer came to nothing: this node goes on leading.
struct TransferGivenUp {
  ChangeId id;
};

// This node must not go on, and does nothing any more.
enum class HaltReason : std::uint8_t {
  LogRegressed,   // its disk holds less than it has acknowledged
  FeatureTooNew,  // the cluster has gone on to what this build can't apply
};
const char* name_of(HaltReason reason);
struct Halt {
  HaltReason reason{};
  LogIndex promised;  // LogRegressed: what a leader had acknowledged, and what is there
  LogIndex found;
};

struct BuildSnapshot {};  // of the state machine as it is durably; answered by SnapshotBuilt/Failed

struct SendSnapshotChunk {
  NodeId to;
  Term term;
  SnapshotMeta meta;
  std::uint64_t offset{};
  std::size_t max_bytes{};
  std::uint64_t round{};
  std::uint64_t repair_id{};
};

struct StoreSnapshotChunk {
  SnapshotChunk chunk;
};
struct InstallSnapshot {
  SnapshotMeta meta;
};

using Effect =
    std::variant<Persist, Send, Apply, ProposalAppended, ProposalRefused, ReadReady, ReadFailed,
                 StatusChanged, MembershipInForce, ChangeAppended, ChangeRefused, TransferGivenUp,
                 Halt, BuildSnapshot, SendSnapshotChunk, StoreSnapshotChunk, InstallSnapshot>;
using Effects = std::vector<Effect>;

}  // namespace confman::consensus
