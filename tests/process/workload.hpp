#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "sim/check/history.hpp"

namespace confman::testing {

class Cluster;
class Recorder;

// Clients on threads of their own that read and write a few keys on all nodes, until destroyed.
class Workload {
 public:
  Workload(const Cluster& cluster, Recorder& recorder, std::size_t clients,
           std::vector<std::string> keys);
  ~Workload();

  // Until this many more writes are acknowledged; fails the test at the deadline.
  void await_writes(std::uint64_t more, std::chrono::seconds deadline);

 private:
  void run(std::size_t client);

  const Cluster& cluster_;
  Recorder& recorder_;
  const std::vector<std::string> keys_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

// "/<space>/k0"…
std::vector<std::string> make_keys(const std::string& space, std::size_t count);
// Creates the namespace; the revision at which it was made.
sim::Revision create_namespace(const Cluster& cluster, const std::string& space);

}  // namespace confman::testing
