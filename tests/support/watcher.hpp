#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "sim/check/watch.hpp"
#include "tests/support/address.hpp"

namespace confman::testing {

// Follows a part of the configuration on a thread of its own until it has received `last_key`'s
// change, and goes on at another node wherever it is cut off.
class Watcher {
 public:
  enum class Way : std::uint8_t { LongPoll, Events };
  struct Scope {
    std::string path;  // namespace
    std::string key;   // empty: all of them, and those below
  };

  // Receives what came after `start`. The scope must contain `last_key` (a full path).
  Watcher(Endpoints cluster, std::uint64_t number, Way way, Scope scope, sim::Revision start,
          std::string last_key);
  // Joins; a watcher that still waits gives up.
  ~Watcher();

  bool complete() const { return complete_.load(); }
  std::uint64_t reconnects() const { return reconnects_.load(); }
  // After it is complete.
  const sim::WatchRecord& record() const { return record_; }

 private:
  void run();
  bool poll(const Address& node);    // false: cut off
  bool stream(const Address& node);  // the same
  void take_change(const std::string& json);
  std::string target() const;

  const Endpoints cluster_;
  const Way way_;
  const Scope scope_;
  const std::string last_key_;
  sim::WatchRecord record_;
  sim::Revision position_;  // where to go on
  std::atomic<bool> complete_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> reconnects_{0};
  std::thread thread_;
};

}  // namespace confman::testing
