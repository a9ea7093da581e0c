#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/violation.hpp"
#include "sim/check/watch.hpp"

namespace confman::testing {

class Cluster;
class Recorder;

// All versions of these keys as one node tells them, by linearizable reads of their histories.
sim::FinalHistory read_history(const Cluster& cluster, std::size_t node,
                               const std::vector<std::string>& keys);

// Everything the checkers find in what clients recorded and the cluster keeps.
sim::Violations judge(const sim::History& history, const std::vector<sim::WatchRecord>& watches);

// Reads the histories from all nodes, compares them and the nodes' states, and judges. Every
// violation fails the test; the recorded history is then in a file, which the message names.
void expect_right(Cluster& cluster, const Recorder& recorder, const std::vector<std::string>& keys,
                  const std::vector<sim::WatchRecord>& watches);

}  // namespace confman::testing
