#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/access/rights.hpp"
#include "domain/audit/action.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/refusal.hpp"
#include "domain/model/revision.hpp"

// What every kind of command has to say of itself to be decided. Audit and deduplication are
// apply's, and so is what a command says that it needs (Need need()); one that needs more than that
// asks by itself (kAsksItself).
namespace confman::domain {

// The command's envelope, the log position it is applied at, and by which rules.
struct Act {
  Revision position;
  HlcStamp stamp;
  const Actor& actor;
  std::uint64_t feature_level{};
  const Caller& caller;  // whose the actor is
};

// What a command is about, as the audit trail has it.
struct Subject {
  std::string_view path;
  std::string_view key;  // may be empty
};

struct Decision {
  Action action{};                  // also for a refused command: what it tried
  std::optional<Refusal> refusal;   // nothing was written
  std::uint64_t current_version{};  // before the command; 0: there was no live one
  std::uint64_t new_version{};
  std::optional<Sha256Digest> previous_value;
  std::optional<Sha256Digest> new_value;
  std::uint64_t restored_version{};  // of a rollback
};

}  // namespace confman::domain
