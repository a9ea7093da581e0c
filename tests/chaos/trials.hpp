#pragma once

#include "tests/chaos/options.hpp"

namespace confman::chaos {

// Does one thing again and again to a cluster under a load of small writes and measures how long
// nobody could write: prints median, p99 and maximum, in milliseconds and in election timeouts.
// Nodes on loopback, on the disk of the report's folder. 0, or 1 if it couldn't be measured.
int run_trials(const Options& options);

}  // namespace confman::chaos
