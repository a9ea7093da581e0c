#pragma once

#include <string_view>

namespace confman::sim {

// Which program this is: what -DCONFMAN_BUILD_ID says, else the commit of the sources when the
// build was configured (which a commit triggers again), with a '+' if they had been changed since.
std::string_view build_id();

}  // namespace confman::sim
