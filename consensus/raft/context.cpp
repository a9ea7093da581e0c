#include "consensus/raft/context.hpp"

#include <cstdint>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::consensus {

Context::Context(RaftConfig settings, Time start)
    : config(std::move(settings)),
      now(start),
      // Mixed with the clock, so that two lives of a member don't repeat each other.
      random(config.seed ^ Random(static_cast<std::uint64_t>(start.us)).next()),
      perturb_random_(random.next()) {
  // Here, because what is made next counts on it: a deadline is drawn from the settings' range.
  CONFMAN_ASSERT(validate(config).has_value(),
                 "A Raft node was given an impossible configuration.");
}

Time Context::random_election_deadline() {
  const Duration spread = config.election_timeout_max - config.election_timeout_min;
  const auto extra = perturbed(Perturbation::EarlyElection)
                         ? 0
                         : random.below(static_cast<std::uint64_t>(spread.us));
  return now + config.election_timeout_min + Duration::micros(static_cast<std::int64_t>(extra));
}

bool Context::perturbed(Perturbation site) {
  const bool active = (config.perturbations >> static_cast<unsigned>(site) & 1) != 0;
  return active && perturb_random_.below(kPerturbationRarity) == 0;
}

}  // namespace confman::consensus
