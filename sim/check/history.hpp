#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/audit/action.hpp"
#include "domain/model/revision.hpp"
#include "sim/check/entry_model.hpp"
#include "sim/check/operation.hpp"

// What a run records for the checkers: the simulator and the real-process test fill the same types.
namespace confman::sim {

using domain::Revision;

enum class Consistency : std::uint8_t {
  Linearizable,
  Stale,           // bounded or not: promises nothing that the checkers look at
  ReadYourWrites,  // with min_revision
};

enum class Outcome : std::uint8_t {
  Done,
  Refused,  // by the state: a precondition did not hold, or there was nothing to delete
  NotDone,  // certainly without effect, for a reason that says nothing of the entry
  Unknown,  // timed out, connection lost: may have happened, may still happen
};

// One operation of a client. All tries of a write under one idempotency key are ONE record: called
// is the first try's beginning, returned the end of the try that told the outcome.
struct OpRecord {
  // What sentences call it, "#12": the client's own number of the operation, one for all of its
  // tries; not 0. The keys that one listing read are records of one number.
  std::uint64_t id{};
  std::uint64_t client{};
  // Orders the promises of read-your-writes and monotonic reads; a client that starts afresh has a
  // new session.
  std::uint64_t session{};
  std::string key;  // full path of the entry
  EntryAction::Kind kind{};
  Consistency consistency = Consistency::Linearizable;  // reads
  std::optional<Revision> min_revision;                 // reads
  Precondition precondition;                            // writes
  std::uint64_t idempotency_key{};                      // writes; 0 for none

  Moment called{};
  Moment returned = kNever;  // also of unknown ones, when the client gave up; kNever if it didn't

  Outcome outcome = Outcome::Unknown;
  Revision revision;  // the version token of the answer; index 0 if it had none
  // Read: the live version found, 0 for nothing found. Write done: the version made. Refused: the
  // live version that stood in the way, 0 for none, kVersionNotTold if the answer didn't say.
  std::uint64_t version = kVersionNotTold;
  // Put: written. Read: found. One id for each distinct content; a workload that gives each put a
  // content of its own makes every checker sharper.
  std::uint64_t value{};

  bool is_read() const { return kind == EntryAction::Kind::Read; }
};

// One version of one entry as the cluster keeps it after the run.
struct FinalVersion {
  std::string key;
  std::uint64_t version{};
  Revision revision;
  bool tombstone = false;
  std::uint64_t value{};            // 0 for a tombstone
  std::uint64_t idempotency_key{};  // 0 for none, or not kept
};

// All versions of all entries, by revision and within one revision in the order of the change. Must
// be complete: a run that lets a retention policy trim versions can't be judged against it.
using FinalHistory = std::vector<FinalVersion>;

struct History {
  std::vector<OpRecord> operations;
  FinalHistory final_history;
};

// The operations that promise linearizability, for check_entries: all writes that may have happened
// or were refused by the state, and the completed linearizable reads.
std::vector<EntryOperation> linearizable_operations(const std::vector<OpRecord>& operations);

// "put #12 of session 3 on '/a/k'", and "5:1234".
std::string name_of(const OpRecord& op);
std::string name_of(Revision revision);

}  // namespace confman::sim
