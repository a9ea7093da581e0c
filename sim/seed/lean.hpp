#pragma once

#include "sim/seed/derived_config.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {

// Changes what was drawn for any run into what a run of this profile is after.
void lean(DerivedConfig& config, Prng& prng, Profile profile);

}  // namespace confman::sim
