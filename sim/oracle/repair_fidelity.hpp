#pragma once

#include <cstdint>
#include <map>

#include "consensus/effect.hpp"
#include "sim/model/log_image.hpp"
#include "sim/model/scar.hpp"

namespace confman::sim {

// What a node fills into its damaged log is what it had promised there. `written`: what it
// promised; `scars`: what is wrong with its disk. A stale record behind the hole vouches for what
// was there at its time; then the log as a whole can't pass for what was promised.
void check_repair(int node, const LogImage& written, const std::map<std::uint64_t, Scar>& scars,
                  const consensus::PersistRequest& request);

}  // namespace confman::sim
