#pragma once

#include <string>
#include <vector>

#include "sim/run/run.hpp"

namespace confman::sim {

// Where a recording comes from, and what follows for whoever replays it here.

// It was made by this very program: it must end as recorded, bit for bit. A recording that doesn't
// tell (all made before they did) counts as another program's.
bool is_of_this_program(const Recording& recording);

// What must be known before its replay is looked at, a sentence each: that it is of another build,
// and what that means; which knobs this program doesn't know, or the recording doesn't set. Empty
// if it is of this very program and whole.
std::vector<std::string> caveats(const Recording& recording);

// How the replay ended, in words for the terminal: lines, the last one says whether it came out as
// recorded. A failure that isn't the recorded one is only then called one if the recording is of
// this program; else it is what events that don't fit come to.
std::vector<std::string> verdict(const Recording& recording, const RunResult& result);

}  // namespace confman::sim
