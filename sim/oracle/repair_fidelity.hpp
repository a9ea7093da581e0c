#pragma once

#include "consensus/effect.hpp"
#include "sim/log_image.hpp"

namespace confman::sim {

// What a node fills into its damaged log is what it had promised there. `written`: what it
// promised.
void check_repair(int node, const LogImage& written, const consensus::PersistRequest& request);

}  // namespace confman::sim
