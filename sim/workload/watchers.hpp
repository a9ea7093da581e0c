#pragma once

#include <cstdint>
#include <vector>

#include "sim/workload/clients.hpp"

namespace confman::sim {

// Clients that follow the changes: long polls one after the other, each from where the one before
// got to, on another node when one fails.
class Watchers {
 public:
  Watchers(Stage& stage, Serial& serial, std::uint64_t seed);

  void begin();
  // Under other numbers than were used before.
  void begin_anew();
  void wake(std::uint64_t watcher);
  void tire(std::uint64_t watcher, std::uint64_t request);
  // Whether the operation is of a watcher.
  static bool owns(const ClientOp& op) { return std::holds_alternative<WatchOp>(op.body); }
  void answered(const Outputs::Answered& answer);
  void lost(const ClientOp& op);
  void stop() { stopped_ = true; }

 private:
  // Watchers come behind every possible client in the numbering.
  static constexpr std::uint64_t kFirst = 500;

  struct Watcher {
    int node{};
    bool waiting = false;
    bool aside = false;  // the request under way isn't from where the watcher got to
    ClientOp op;
  };

  void sleep(std::uint64_t number, std::int64_t time);
  ClientOp draw_request(Watcher& watcher);
  void elsewhere(std::uint64_t number);

  Stage& stage_;
  Serial& serial_;
  Prng prng_;
  std::vector<Watcher> watchers_;
  bool stopped_ = false;
};

}  // namespace confman::sim
