#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/command/reply.hpp"
#include "domain/outcomes/limits.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/state/writer.hpp"

// Exactly-once for commands with an idempotency key: their replies are remembered per actor id and
// key until they expire in log time, which is the greatest stamp applied so far (meta.last_stamp).
namespace confman::domain {

// Who asked (the id of the actor, or the principal whose API key it was) and the key of the
// request.
struct OutcomeOf {
  std::string_view actor_id;
  std::string_view idempotency_key;
};

// The reply to an earlier command of that, unless it is forgotten or expired.
std::optional<OutcomeRow> find_outcome(StateWriter& state, const OutcomeOf&);

// Requires that find_outcome found nothing. Makes room first: drops expired outcomes, and the
// oldest where there are limits.max, at most limits.max_evictions of them.
void remember_outcome(StateWriter& state, const OutcomeOf&, std::uint64_t print, const Reply& reply,
                      const OutcomeLimits& limits = {});

}  // namespace confman::domain
