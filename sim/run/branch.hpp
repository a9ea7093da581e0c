#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "sim/run/run.hpp"

namespace confman::sim {

// "What if": a recording's events up to a moment, and from there on a run with other chance: other
// delays, faults and requests, until all is healed and judged. The knobs are the recording's.
//
// Chaos goes on until the run would have been healed, or for kLeastChaos behind the moment.
inline constexpr SimTime kLeastChaos = 5'000'000;

struct Branching {
  std::size_t events{};  // of the recording that are kept, the first ones
  std::uint64_t seed{};  // of what is drawn behind them
  // Draws what faults there are, and how many, as a run of this profile would; else they are of the
  // kinds that the recording's run had.
  std::optional<Profile> profile;
};

// The events that lie before the moment "523" (up to and with event #523) or "12.5s" (of simulated
// time). The error is a sentence: no moment, or nothing or all of the recording lies before it.
std::expected<std::size_t, std::string> events_until(const Recording& recording,
                                                     std::string_view moment);

// The result's seed is that of the branching. With `branched`, also writes down every event, those
// that were kept first: a recording like any other. The recording must replay here.
RunResult branch(const Recording& recording, const Branching& branching,
                 Recording* branched = nullptr);

}  // namespace confman::sim
