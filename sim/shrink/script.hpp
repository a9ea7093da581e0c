#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/event.hpp"
#include "sim/workload/client_op.hpp"

namespace confman::sim {

// A message by what brought it about. In a recording messages have numbers, in the order of their
// sending; with one event less all later numbers mean other messages. "The second AppendRequest to
// this node that came of step 17" still means something.
struct Cause {
  std::uint32_t step{};  // of the script
  std::uint8_t kind{};   // kind_of(message)
  std::uint32_t nth{};   // among those of that step, kind and receiver
};

// A recorded event that keeps its meaning when others are cut out.
struct Step {
  Event event;
  std::optional<ClientOp> op;  // of a Submit
  Cause cause;                 // of a Deliver
};
using Script = std::vector<Step>;

}  // namespace confman::sim
