#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <expected>
#include <string>
#include <thread>
#include <vector>

#include "sim/check/history.hpp"
#include "tests/support/address.hpp"
#include "tests/support/client.hpp"

namespace confman::testing {

// Clients on threads of their own that read and write a few keys on all nodes, until destroyed.
class Workload {
 public:
  struct Options {
    std::size_t clients = 8;
    std::vector<std::string> keys;       // full paths
    std::chrono::milliseconds pause{0};  // between two operations of a client
    Patience patience = {};
    // A client has a node where it does most of its operations. So those elsewhere go on while one
    // node keeps its clients waiting.
    bool at_home = false;
    // Then a client starts afresh, in a new session. The judges of sessions compare each operation
    // with each earlier one of its session.
    std::uint64_t operations_per_session = UINT64_MAX;
    // Then a key is left and another one of a similar name is used, so that a long run has many
    // short histories.
    std::uint64_t operations_per_key = UINT64_MAX;
    std::uint64_t seed = 1;
  };
  Workload(Endpoints cluster, Recorder& recorder, Options options);
  ~Workload();

  // Until this many more writes are acknowledged; false at the deadline.
  bool await_writes(std::uint64_t more, std::chrono::seconds deadline) const;
  // All that may have been written so far.
  std::vector<std::string> keys() const;

 private:
  void run(std::size_t client);
  std::string take_key(std::size_t slot);

  const Endpoints cluster_;
  Recorder& recorder_;
  const Options options_;
  std::deque<std::atomic<std::uint64_t>> operations_;  // on each of options_.keys
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

// "/<space>/k0"…
std::vector<std::string> make_keys(const std::string& space, std::size_t count);
// Creates the namespace; the revision at which it was made, or what went wrong.
std::expected<sim::Revision, std::string> create_namespace(const Address& node,
                                                           const std::string& space);

}  // namespace confman::testing
