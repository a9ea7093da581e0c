#include "sim/hunt/assignment.hpp"

#include <array>

#include "sim/model/real_storage.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {
namespace {

constexpr std::uint64_t kCanaryEvery = 61;
// Such a seed takes as long as five or ten on the model, and finds what the model can't have.
constexpr std::uint64_t kSqliteEvery = 20;
// Half of the default profile's seeds lean towards one of the others already.
constexpr std::int64_t kDefaultWeight = kProfiles;

}  // namespace

Assignment assign(std::uint64_t seed) {
  if (seed % kCanaryEvery == 0) return {.seed = seed, .canary = true};
  std::array<std::int64_t, kProfiles> weights{};
  weights.fill(1);
  weights[static_cast<std::size_t>(Profile::Default)] = kDefaultWeight;
  Prng prng(seed, "hunt");
  Assignment assignment{.seed = seed, .profile = static_cast<Profile>(prng.weighted(weights))};
  if (has_real_storage() && prng.chance(1, kSqliteEvery)) assignment.storage = StorageKind::Sqlite;
  return assignment;
}

DerivedConfig config_of(const Assignment& assignment) {
  DerivedConfig config = derive(assignment.seed, assignment.profile, assignment.storage);
  if (assignment.canary) {
    // Within the fault budget every node serves a write before a run is over: there is a first one.
    config.beyond_budget = 0;
    config.forge_at_write = 1;
  }
  return config;
}

RunResult perform(const Assignment& assignment, Recording* recording) {
  return run_config(assignment.seed, assignment.profile, config_of(assignment), recording);
}

}  // namespace confman::sim
