#pragma once

#include "bench/load/connection.hpp"

namespace confman::bench {

// One request of that kind through a connection of its own; whether it was done in time. A read
// succeeds if the value has `value_size` bytes, which is also what a write writes.
bool done_once(TargetKind kind, const Endpoint& node, Operation operation, std::size_t value_size,
               int timeout_ms);

}  // namespace confman::bench
