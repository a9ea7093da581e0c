#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/violation.hpp"
#include "tests/support/address.hpp"

namespace confman::testing {

// What the nodes of a cluster tell that nobody writes to any more.
struct Replicas {
  sim::FinalHistory history;  // of the keys, as the first node tells it
  // "replica_unreadable", "replica_history", "replica_behind", "replica_state", "replica_audit"
  sim::Violations violations;
};

// Reads the histories from all of them, and compares these, and the states at the same revision.
Replicas compare_replicas(const Endpoints& nodes, const std::vector<std::string>& keys,
                          std::chrono::seconds deadline);

}  // namespace confman::testing
