#pragma once

#include <cstdint>

namespace confman::sim {

// Numbers that no two operations of a run share.
struct Serial {
  std::uint64_t request = 0;
  std::uint64_t logical = 0;
  std::uint64_t value = 0;
};

}  // namespace confman::sim
