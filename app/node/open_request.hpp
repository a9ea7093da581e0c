#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/node/request.hpp"
#include "app/node/watch_hub.hpp"
#include "consensus/membership_change.hpp"
#include "consensus/types.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/time.hpp"
#include "domain/bindings/held.hpp"
#include "domain/bindings/supply.hpp"
#include "domain/bindings/verdict.hpp"
#include "domain/command/command.hpp"
#include "domain/review/gathering.hpp"

// What the service layer remembers of a request until it is answered.
namespace confman::node {

enum class WriteStage : std::uint8_t {
  Idle,       // in no list: being decided on
  Waiting,    // for a leader to be known
  Queued,     // to be proposed at the end of the turn
  Appended,   // in this node's log, as its leader
  Forwarded,  // to the leader
  // Of what is held to schemas first (checks.cpp):
  Gathering,  // what it takes, when its turn comes
  Judging,    // away from the loop
  Verdict,    // is there, and a read index makes sure that it isn't of an old state
  Moved,      // waits for the state that the leader refused it by
  // Of what starts from what is live here:
  Behind,  // this node has told of more than it has applied
};

// Or waits for this node's own state.
constexpr bool is_being_checked(WriteStage stage) {
  return stage >= WriteStage::Gathering;
}

// A write that is held to schemas, or has something to be sealed: what it asks for in plain is here
// and nowhere else.
struct Checking {
  domain::Command command;
  std::uint64_t stamp{};     // of what it is held to
  std::size_t attempts = 0;  // that came to nothing
  std::uint64_t job{};       // Judging
  bool dry_run = false;
  bool force = false;
  bool only_marks = false;  // it isn't held to anything: which values are secrets is asked
  bool unjudged = false;    // PutSchema::unjudged
  std::optional<domain::References> refers;                  // of a schema, once that is known
  std::optional<domain::Supply> supply;                      // of what isn't compiled
  std::vector<std::pair<std::string, std::string>> secrets;  // Verdict::secrets
  std::optional<domain::Gathering> gathering;                // Gathering
  std::optional<domain::Verdict> verdict;                    // Verdict
  std::optional<consensus::LogIndex> waits_for;              // Verdict, Moved: to be applied here
};

struct Behind {
  Write write;
  consensus::LogIndex waits_for;  // to be applied here
};

// A reading that is noted before it is answered (secrets.cpp).
struct Reading {
  ReadDone done;
  domain::Revision as_of;
  Time since;
};

struct OpenWrite {
  Payload command;  // unstamped
  bool forward = true;
  bool has_key = false;   // deduplicated by the state machine: may be sent again
  std::uint64_t since{};  // the feature level that the command needs
  domain::Credentials from;
  // An earlier try may yet be done. Only a write with a key gets here: it is never answered
  // "certainly not done" any more.
  bool uncertain = false;
  Time deadline;  // the client's; while its leader is lost it may be given up sooner
  WriteStage stage = WriteStage::Idle;
  std::uint64_t forward_id{};  // Forwarded
  // Null: it needn't be held to anything, and has nothing to be sealed, as far as is known.
  std::unique_ptr<Checking> checking;
  std::unique_ptr<Behind> behind;    // Behind
  std::unique_ptr<Reading> reading;  // it is the note of one
};

struct OpenRead {
  Read read;
  bool confirming = false;  // waits for a read index
  bool queued = false;      // may be answered, and waits for its turn
  bool looked = false;      // a listing that its first look wasn't enough for
  std::optional<consensus::LogIndex> applied_at_least;
  // Answered, but for what is deprecated of it.
  struct Judging {
    ReadDone done;
    domain::Revision revision;
    Time since;
    domain::BoundSchemas bound;
    std::optional<domain::Supply> supply;
  };
  std::optional<Judging> judging;
  std::optional<domain::NoteReading> note;  // has to be made before that is answered
};

enum class WatchStage : std::uint8_t {
  New,         // or ahead
  Parked,      // in the hub, which has what it waits for
  CatchingUp,  // waits for its turn to look at what was applied
};

struct OpenWatch {
  // Its position isn't applied here yet.
  std::optional<Watch> ahead;
  Time deadline;  // of the request, of one that is ahead

  WatchStage stage = WatchStage::New;
  // CatchingUp. Nothing in scope is in (watch.after, scanned].
  WatchHub::Parked watch;
  std::uint64_t scanned{};
  domain::Credentials from;
  bool overdue = false;  // its deadline has come: it is answered after its next step
};

// A change of members or a transfer, asked of consensus.
struct OpenAdmin {
  consensus::ChangeId id;
  std::optional<consensus::LogId> at;  // of a change of members, once it is in the log
  // Of a change of members: what it is noted as if it is refused, and why it was. The answer waits
  // until that is in the audit trail, or can't be.
  domain::Command note;
  std::optional<consensus::ChangeRefusal> refused;
};

struct Open {
  Time deadline;
  std::variant<OpenWrite, OpenRead, OpenWatch, OpenAdmin> work;
};

// Who asked for a proposal: a client here (for a write, or for a change of members that was refused
// and is noted), another node, or this node itself.
struct LocalOrigin {
  RequestId id;
};
struct RemoteOrigin {
  consensus::MemberId node;
  std::uint64_t forward_id{};
};
struct OwnOrigin {};
using Origin = std::variant<LocalOrigin, RemoteOrigin, OwnOrigin>;

struct QueuedWrite {
  Origin origin;
  Payload command;
};

// One question to consensus for a read index, and who waits for it.
struct ReadRound {
  std::vector<RequestId> reads;
  Time asked_at;
};

}  // namespace confman::node
