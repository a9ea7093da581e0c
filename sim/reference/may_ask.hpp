#pragma once

#include <cstdint>

#include "app/node/request.hpp"
#include "sim/reference/access.hpp"

namespace confman::sim {

// Whether somebody may ask that, as of an index.
bool may_ask(const node::Query& query, const Asker& asker, const Access& access,
             std::uint64_t index);

}  // namespace confman::sim
