#pragma once

#include <cstdint>
#include <optional>

#include "domain/apply.hpp"
#include "domain/base/hash.hpp"
#include "domain/command.hpp"
#include "domain/rows.hpp"
#include "domain/state_writer.hpp"

// What each kind of command means: decides it against the state and, unless it is refused, writes
// it. Requires a command that validate() accepts. Audit and deduplication are apply's.
namespace confman::domain {

// The command's envelope, the log position it is applied at, and by which rules.
struct Act {
  Revision position;
  HlcStamp stamp;
  const Actor& actor;
  std::uint64_t feature_level{};
};

struct Decision {
  Action action{};                  // also for a refused command: what it tried
  std::optional<Refusal> refusal;   // nothing was written
  std::uint64_t current_version{};  // before the command; 0: there was no live one
  std::uint64_t new_version{};
  std::optional<Sha256Digest> previous_value;
  std::optional<Sha256Digest> new_value;
};

Decision decide(StateWriter& state, const Act& act, const PutEntry& command);
Decision decide(StateWriter& state, const Act& act, const DeleteEntry& command);
Decision decide(StateWriter& state, const Act& act, const PutNamespace& command);
Decision decide(StateWriter& state, const Act& act, const DeleteNamespace& command);

Decision decide(StateWriter& state, const Act& act, const NoteRefusedChange& command);

// Live version 0: there is none. `exists` is how If-None-Match: * fails.
std::optional<Refusal> check_precondition(const Precondition& precondition,
                                          std::uint64_t live_version, Refusal exists);

}  // namespace confman::domain
