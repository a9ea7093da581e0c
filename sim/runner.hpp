#pragma once

#include <cstdint>
#include <functional>

#include "sim/mark_counts.hpp"
#include "sim/run.hpp"

namespace confman::sim {

struct SeedRange {
  std::uint64_t first{};
  std::uint64_t last{};  // inclusive
};

// Runs every seed of the range, `jobs` at a time, each on one thread, and hands out the results in
// the order of the seeds. `report` is called on the calling thread only. `marks` gets what the runs have passed.
void run_seeds(SeedRange seeds, Profile profile, unsigned jobs,
               const std::function<void(const RunResult&)>& report, MarkCounts* marks = nullptr);

}  // namespace confman::sim
