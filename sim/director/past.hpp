#pragma once

#include <cstdint>
#include <vector>

#include "sim/event.hpp"
#include "sim/workload/client_op.hpp"
#include "sim/workload/serial.hpp"
#include "sim/world/world.hpp"

namespace confman::sim {

// What a director must know of events that another one made up, to go on behind them as if they
// were its own.
struct Past {
  struct Asked {
    ClientOp op;
    int node{};
  };

  SimTime at{};  // of the last event
  Serial used;
  std::vector<Outputs::Sent> under_way;  // messages; one that comes twice is in it twice
  std::vector<Asked> open;               // clients' requests, not of watchers or the operator
  std::vector<Outputs::Answered> heard;  // by clients, in order
};

}  // namespace confman::sim
