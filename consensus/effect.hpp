#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "consensus/messages.hpp"
#include "consensus/types.hpp"

// What a step wants done, in order. An effect that promises something about local state carries the
// PersistSeq it must wait for; everything else may be done at once, and the disk writes while the
// network sends. There is no special path for a cluster of one.
namespace confman::consensus {

// One atomic write. Within it: reset, then truncate, then append, then hard state, then compact.
struct PersistRequest {
  PersistSeq seq;
  std::optional<HardState> hard_state;
  std::optional<LogId> reset_to;          // drop the whole log; the next entry follows this one
  std::optional<LogIndex> truncate_from;  // drop entries with index >= this
  std::vector<Entry> append;              // contiguous
  std::optional<LogId> compact_to;        // drop entries with index <= this; may be lazy
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
  Busy,  // too much uncommitted log (config.hpp)
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

struct BuildSnapshot {};  // of the state machine as it is durably; answered by SnapshotBuilt/Failed

struct SendSnapshotChunk {
  MemberId to;
  Term term;
  SnapshotMeta meta;
  std::uint64_t offset{};
  std::size_t max_bytes{};
  std::uint64_t round{};
};

struct StoreSnapshotChunk {
  SnapshotChunk chunk;
};
struct InstallSnapshot {
  SnapshotMeta meta;
};

using Effect = std::variant<Persist, Send, Apply, ProposalAppended, ProposalRefused, ReadReady,
                            ReadFailed, StatusChanged, BuildSnapshot, SendSnapshotChunk,
                            StoreSnapshotChunk, InstallSnapshot>;
using Effects = std::vector<Effect>;

}  // namespace confman::consensus
