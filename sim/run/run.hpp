#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/failure.hpp"
#include "sim/run/recording.hpp"
#include "sim/seed/derived_config.hpp"

namespace confman::sim {

class World;

struct RunResult {
  std::uint64_t seed{};
  Profile profile = Profile::Default;
  std::optional<RunFailure> failure;
  std::uint64_t hash{};  // of everything that happened
  std::uint64_t events{};
  SimTime simulated_us{};
  std::size_t operations{};
};

// Makes assertions inside the node throw a RunFailure instead of ending the process. Call once,
// before any run and before any thread is started.
void catch_assertions();

// A run from its seed. With `recording`, also writes down every event.
RunResult run_seed(std::uint64_t seed, Profile profile, Recording* recording = nullptr,
                   StorageKind storage = StorageKind::Model);
// The same with knobs of the caller's.
RunResult run_config(std::uint64_t seed, Profile profile, const DerivedConfig& config,
                     Recording* recording = nullptr);

// Sees the world after each event of a replay, the failing one included.
using ReplayObserver = std::function<void(const World&, const RecordedEvent&)>;

// The run that the recording's events make; nothing is drawn.
// `tell` gets it in words, a line for each step.
RunResult replay(const Recording& recording, const ReplayObserver& after = {},
                 const std::function<void(const std::string&)>& tell = {});
// Whether a replay came to the recorded failure and hash, bit for bit.
bool reproduces(const Recording& recording, const RunResult& result);

}  // namespace confman::sim
