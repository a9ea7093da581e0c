#pragma once

#include <cstdint>

#include "sim/workload/keyring.hpp"
#include "sim/workload/request_book.hpp"

namespace confman::sim {

// Numbers that no two operations of a run share; and what all clients know.
struct Serial {
  std::uint64_t request = 0;
  std::uint64_t logical = 0;
  std::uint64_t value = 0;
  Keyring keys;
  RequestBook requests;
};

}  // namespace confman::sim
