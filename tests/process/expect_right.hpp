#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/watch.hpp"
#include "tests/support/workload.hpp"

namespace confman::testing {

class Cluster;
class Recorder;

// Creates the namespace through the first node, or fails the test; the revision of it.
sim::Revision create_namespace(const Cluster& cluster, const std::string& space);
// Waits until this many more writes are acknowledged; fails the test at the deadline.
void expect_writes(const Workload& workload, std::uint64_t more, std::chrono::seconds deadline);

// Reads the histories from all nodes, compares them and the nodes' states, and judges. Every
// violation fails the test; the recorded history is then in a file, which the message names.
void expect_right(Cluster& cluster, const Recorder& recorder, const std::vector<std::string>& keys,
                  const std::vector<sim::WatchRecord>& watches);

}  // namespace confman::testing
