#pragma once

#include <chrono>

#include "adapters/net/io_loop.hpp"

namespace confman::host {

// What time it is for a node: the monotonic clock as of this turn of the loop, and the wall clock.
inline Now clocks(const net::IoLoop& loop) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {loop.now(), {std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()}};
}

}  // namespace confman::host
