#pragma once

#include <cstdint>

#include "consensus/effect.hpp"

namespace confman::sim {

// A node that was told that its disk is as good as full puts no commands into its log: not those of
// clients, if it leads, and below half of the reserve not those of a leader either. What the disk
// still has is for votes, and for the leader's own entries.
void check_full_disk(int node, bool leads, std::uint64_t free_bytes, std::uint64_t reserve,
                     const consensus::PersistRequest& request);

}  // namespace confman::sim
