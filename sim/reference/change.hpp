#pragma once

#include <cstdint>
#include <optional>

#include "domain/audit/action.hpp"
#include "domain/command/checks.hpp"
#include "domain/model/refusal.hpp"
#include "sim/reference/state.hpp"

namespace confman::sim {

// What a command comes to.
struct ReferenceState::Change {
  domain::Action action{};
  std::optional<domain::Refusal> refusal{};
  std::uint64_t before = 0;  // the live version; 0: none
  std::uint64_t after = 0;
  std::optional<Sha256Digest> old_value{};
  std::optional<Sha256Digest> new_value{};
  std::uint64_t restored = 0;  // of a rollback
  // Of a request.
  std::uint64_t request = 0;
  std::uint32_t refused_change = 0;
  std::string path{};
  std::string key{};
  std::optional<domain::Refusal> unscheduled_for{};
  // As in a reply.
  std::string about{};
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
  std::uint64_t asked = 0;
  std::uint64_t changed = 0;
};

// The rule that a condition breaks, asked of a live version or 0.
inline std::optional<domain::Refusal> broken_by(const domain::Precondition& condition,
                                                std::uint64_t version, domain::Refusal exists) {
  if (condition.if_absent && version > 0) return exists;
  const bool misses = (condition.if_exists && version == 0) ||
                      (condition.if_version && (version == 0 || *condition.if_version != version));
  return misses ? std::optional(domain::Refusal::VersionMismatch) : std::nullopt;
}

}  // namespace confman::sim
