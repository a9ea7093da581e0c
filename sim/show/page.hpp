#pragma once

#include <string>

#include "sim/show/trace.hpp"

namespace confman::sim {

// One HTML page with everything in it: no other file, no network.
std::string page_of(const Recording& recording, const Trace& trace);

}  // namespace confman::sim
