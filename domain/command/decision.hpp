#pragma once

#include <cstdint>
#include <optional>
#include <string>
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
  std::string_view request_id;
  // Of a published request: who wrote what it changes, and its id. Elsewhere the actor, and 0.
  const Actor& author;
  std::uint64_t change_request{};
};

// Whether a change is a policy's business (review/policy.hpp), and so may stand in a request.
enum class Governed : std::uint8_t {
  No,
  Content,  // what is published: rests in a freeze, too
  Terms,    // who may, and what it takes
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
  std::uint64_t keyed{};             // AuditRow::keyed
  std::uint64_t restored_version{};  // of a rollback
  // Of a request: its id, which of its changes was refused (from 1 on), and the event's subject,
  // which isn't known without the state.
  std::uint64_t change_request{};
  std::uint32_t refused_change{};
  std::string path;
  std::string key;
  // As in Reply.
  std::string about;
  std::uint64_t limit{};
  std::uint64_t used{};
  std::uint64_t asked{};
  std::uint64_t changed{};
};

inline Decision refuse(Decision decision, Refusal refusal) {
  decision.refusal = refusal;
  return decision;
}

}  // namespace confman::domain
