#pragma once

#include <cstdint>
#include <optional>

#include "domain/command/decision.hpp"
#include "domain/quotas/quota.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/request.hpp"

namespace confman::domain {

class StateWriter;

struct Published {
  std::optional<Refusal> refusal;  // nothing: all of it is live
  std::uint32_t refused_change{};  // which, from 1 on; 0: all of them together
  std::optional<Exceeded> about;   // what stands in the way, as a reply says it
};

// An event that stands before those of the changes, if they are published: by what led to it.
struct EventBefore {
  const StepRequest& command;
  const Decision& decision;
};

// Decides every change of a request as if it came by itself, now and from who publishes, but that
// the policies have been asked. All of it or nothing; an event for each. `checked`: what they were
// held to (held_to.hpp).
Published publish_changes(StateWriter&, const Act&, std::uint64_t id, const RequestRow&,
                          std::uint64_t checked,
                          const std::optional<EventBefore>& before = std::nullopt);

// Whether who asks could publish each of them by their permissions, now, as far as those can be
// told without deciding; if not, which is the first that they can't.
Published may_publish_changes(const StateStore&, const Caller&, std::uint64_t id, const RequestRow&,
                              std::uint64_t feature_level);

}  // namespace confman::domain
