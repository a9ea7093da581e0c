#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/run.hpp"
#include "sim/shrink/script.hpp"

namespace confman::sim {

// How a performance goes on behind its last step; without one, that is its end. Only a cluster that
// is whole and is given its time can fail to serve: to cut the events of that time would be to cut
// what was to be shown. So it is made anew behind the steps that remain.
struct Ending {
  std::uint64_t seed{};     // of what is drawn
  bool under_load = false;  // clients go on
};

// What came of performing some steps of a script in a world.
struct Performance {
  RunResult result;
  std::vector<std::uint32_t> places;  // in that script: the steps that could be done, ascending
  Script script;  // the same steps, with the numbers that messages had this time
  std::vector<RecordedEvent> ending;  // what was drawn behind them
};

// The recording as it is, with its messages named.
Performance perform(const Recording& recording);

// Performs the steps at these places (ascending) under the recording's knobs and seed. Leaves out
// what makes no sense any more: the delivery of a message that isn't there, a request that no
// client would send. Fills `script` only if `wanted` says so of the result.
template <class Wanted>
Performance perform(const Recording& recording, const Script& script,
                    std::span<const std::uint32_t> places, const std::optional<Ending>& ending,
                    Wanted&& wanted);

}  // namespace confman::sim
