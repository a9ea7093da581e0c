#pragma once

#include <cstdint>

#include "sim/run/run.hpp"

namespace confman::sim {

// What a hunt does with a seed.
struct Assignment {
  std::uint64_t seed{};
  Profile profile = Profile::Default;
  StorageKind storage = StorageKind::Model;
  bool canary = false;  // the run carries a forged violation: it must fail
};

// The same for the same seed, whoever hunts: mostly the swarm of the default profile, all others in
// turn, now and then a canary. Some run on production's stores, in a program that has them.
Assignment assign(std::uint64_t seed);

DerivedConfig config_of(const Assignment& assignment);
RunResult perform(const Assignment& assignment, Recording* recording);

}  // namespace confman::sim
