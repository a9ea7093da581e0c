#pragma once

#include "consensus/config.hpp"
#include "consensus/perturb.hpp"
#include "consensus/raft/progress.hpp"
#include "consensus/raft/random.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

// What every handler goes by: the settings, the time of the step under way, and chance.
struct Context {
  // `settings` must pass validate().
  Context(RaftConfig settings, Time start);

  MemberId self() const { return config.self.member; }
  // A follower that has answered within an election time-out.
  bool is_active(const Progress& follower) const {
    return now < follower.heard + config.election_timeout_min;
  }
  Time random_election_deadline();
  bool perturbed(Perturbation site);

  const RaftConfig config;
  Time now;  // never goes backwards
  Random random;

 private:
  Random perturb_random_;
};

}  // namespace confman::consensus
