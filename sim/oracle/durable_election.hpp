#pragma once

#include <cstdint>
#include <span>

#include "sim/log_image.hpp"

namespace confman::sim {

// The votes that made a leader are on the disks of a majority (its own among them): else a voter
// that crashes could vote again in the same term, and make a second leader. A voter that has gone
// on to a later term counts: its disk holds that it won't vote in this one again.
void check_durable_election(int leader, std::uint64_t term,
                            std::span<const LogImage* const> durable_logs);

}  // namespace confman::sim
