#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/chaos/timeline.hpp"
#include "tests/support/address.hpp"

namespace confman::chaos {

// Writes something small through each node, forty times a second, each on a thread of its own and
// with little patience: what is measured is when the cluster can be written to, not how long
// clients cling to a node that is gone. Its writes aren't part of the recorded history.
// Thread-safe.
class Pulse {
 public:
  // The namespace must be there.
  Pulse(const testing::Endpoints& nodes, const std::string& space);
  ~Pulse();

  // Was a write that began after this moment acknowledged through the node?
  bool served_since(std::size_t node, Moment moment) const;
  // When writes were acknowledged, node by node.
  std::vector<std::vector<Moment>> beats() const;

 private:
  void run(std::size_t node);

  const testing::Endpoints nodes_;
  const std::string space_;
  mutable std::mutex mutex_;
  std::vector<std::vector<Moment>> beats_;
  std::vector<Moment> newest_;  // the beginning of the last one that was acknowledged
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace confman::chaos
