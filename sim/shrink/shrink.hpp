#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "sim/run/recording.hpp"

namespace confman::sim {

struct Shrunk {
  Recording recording;  // replays bit for bit to the same failure; the original if nothing helped
  std::size_t events_before{};
  // Its events that give the healed cluster its time (failures of liveness only).
  std::size_t events_of_ending{};
  std::uint64_t tries{};
};

// Makes a recorded failure small: cuts events out of it as long as what remains fails in the same
// way (same_failure()). Delta debugging (Zeller & Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", 2002) over classes of events first, then over ever smaller pieces.
//
// `out_of_time` is asked before every try; what was reached by then is the result. The error is a
// sentence: the recording doesn't fail as it says.
std::expected<Shrunk, std::string> shrink(const Recording& recording,
                                          const std::function<bool()>& out_of_time);

}  // namespace confman::sim
