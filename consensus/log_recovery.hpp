#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <vector>

#include "consensus/effect.hpp"
#include "consensus/types.hpp"

// What a start finds of a log, and what that means (after Alagappan et al., "Protocol-Aware
// Recovery for Consensus-Based Storage", FAST '18). The question is never "where do the good
// records end?" but "is all there that was promised?": a record that can't be read may be an entry
// that this node helped to commit, and to call it the torn end of the log would be to forget it.
//
// What was promised stands apart from the records, in the durable head. Where records are damaged
// or missing inside of what was promised, the node keeps its place but not its voice: it doesn't
// vote or acknowledge from what it lost until it has fetched the same entries from its peers
// (raft/recv_repair.cpp).
namespace confman::consensus {

// The durable head of a log.
struct LogPromise {
  std::uint64_t generation{};  // counts the batches of this log; 0: nothing was stored yet
  LogId base;                  // entries up to here have been compacted away
  std::uint64_t base_chain{};
  LogId last;  // = base if the log is empty
  std::uint64_t last_chain{};
  HardState hard_state;

  friend bool operator==(const LogPromise&, const LogPromise&) = default;
};

// A record as it was read, whatever it holds. `slot` is where it stood.
struct FoundRecord {
  LogIndex slot;
  Entry entry;
  std::uint32_t crc{};
  std::uint64_t chain{};
};

struct FoundLog {
  std::optional<LogPromise> head;  // the newest copy of the durable head that is whole
  // One of its two places, which are written in turn, holds no whole copy. A batch is durable in
  // the store before it is recorded in the head.
  bool head_slot_dead = false;
  // The head as the store of the records has it, of the same transaction as they; nothing if it
  // can't be read.
  std::optional<LogPromise> summary;
  std::vector<FoundRecord> records;  // in any order; of one slot there may be several
};

// The part of the log from the first entry on that isn't there.
struct DamagedTail {
  struct Slot {
    std::optional<Entry> entry;  // nothing: damaged or missing
    std::uint64_t chain{};       // as stored; of an entry that is there
    // It tells what belongs before it. Not if it may itself be of an earlier time: then it is only
    // good for peers, who have their own proof.
    bool vouches = true;
  };

  LogId before;  // the last whole entry, or the base
  std::uint64_t chain_before{};
  std::deque<Slot> slots;  // before.index + 1 …; the first is missing, or doesn't vouch
  LogId promised;
  std::uint64_t promised_chain{};

  LogIndex first() const { return before.index.next(); }
};

// What a log store holds at start.
struct RestoredLog {
  HardState hard_state;
  LogId base;                  // everything up to here has been compacted away; 0:0 at first
  std::vector<Entry> entries;  // base.index + 1, …, whole
  std::optional<DamagedTail> damaged;
  // Who founds the cluster, as far as this disk knows (raft/founding.cpp).
  std::optional<FounderRecord> founders;
};

struct RecoveredLog {
  RestoredLog log;
  // What the log promises from now on: the newest head that it can stand by.
  LogPromise promise;
  // A batch that was under way when the node stopped had got to the disk in part. Nobody was told
  // of it, and it is dropped.
  bool dropped_torn_batch = false;
};

// What was promised can't be known any more: this disk must not speak for its former self.
enum class LogLoss : std::uint8_t {
  HeadMissing,
  HeadDamaged,  // a place of the head is dead, and may have promised more than the other
  HeadStale,    // an old copy: the records are ahead of it by more than one batch
};

std::expected<RecoveredLog, LogLoss> recover(const FoundLog& found);

}  // namespace confman::consensus
