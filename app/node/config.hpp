#pragma once

#include <cstddef>
#include <string>

#include "consensus/config.hpp"
#include "domain/base/time.hpp"

namespace confman::node {

struct NodeConfig {
  consensus::RaftConfig raft;

  // Bounds of what one node holds open at a time; beyond them requests are answered Busy.
  std::size_t max_open_writes = 20'000;
  std::size_t max_open_reads = 50'000;
  std::size_t max_open_watches = 100'000;

  // After its leader was lost, an accepted write whose fate isn't learnt within this time is answered
  // OutcomeUnknown, even if its deadline is later: clients want to know soon.
  Duration unknown_after_leader_loss = Duration::millis(1500);

  // A linearizable read that consensus failed (leader change, lost message) is asked again after this.
  Duration read_retry = Duration::millis(20);
};

}  // namespace confman::node
