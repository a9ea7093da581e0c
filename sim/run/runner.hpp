#pragma once

#include <cstdint>
#include <functional>

#include "sim/run/mark_counts.hpp"
#include "sim/run/run.hpp"

namespace confman::sim {

struct SeedRange {
  std::uint64_t first{};
  std::uint64_t last{};  // inclusive
};

// As many as asked for; 0: one per processor.
unsigned threads_for(unsigned jobs);

struct RunOptions {
  StorageKind storage = StorageKind::Model;
  MarkCounts* marks = nullptr;   // gets what the runs have passed
  std::function<bool()> enough;  // asked after each report, on its thread: no more seeds are run
  // What is done with a seed, on any thread; else its run.
  std::function<RunResult(std::uint64_t)> perform;
};

// Runs every seed of the range, `jobs` at a time, each on one thread, and hands out the results in
// the order of the seeds. `report` is called on the calling thread only.
void run_seeds(SeedRange seeds, Profile profile, unsigned jobs,
               const std::function<void(const RunResult&)>& report, const RunOptions& options = {});

}  // namespace confman::sim
