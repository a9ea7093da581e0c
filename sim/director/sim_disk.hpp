#pragma once

#include <array>
#include <cstdint>

#include "sim/director/sim_network.hpp"
#include "sim/director/stage.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {

// Decides how long disks take: one sync at a time for the log, which covers what was written when
// it began; flushes of the state store; snapshots.
class SimDisk {
 public:
  SimDisk(Stage& stage, std::uint64_t seed) : stage_(stage), prng_(seed, "disk") {}

  // Something happened on the node: starts what there is to do.
  void look_at(int node);
  // A completion of this is due; false if the process that asked for it has died.
  bool due(const Due& completion);
  // After it was handed to the world.
  void done(const Due& completion);
  void set_slow(int node, std::int64_t factor) { slow_[static_cast<std::size_t>(node)] = factor; }
  // The next write of the log that begins takes this long.
  void stall_next_sync(int node, std::int64_t us) { stall_[static_cast<std::size_t>(node)] = us; }
  void crashed(int node);

 private:
  enum Job : std::uint8_t { kSync, kFlush, kBuild, kInstall, kJobs };
  static Job job_of(EventKind kind);
  void start(int node, EventKind kind, std::int64_t mean, std::uint64_t a);
  std::int64_t sync_time();

  Stage& stage_;
  Prng prng_;
  std::array<std::array<bool, kJobs>, kMaxSimNodes> busy_{};
  std::array<std::int64_t, kMaxSimNodes> slow_{1, 1, 1, 1, 1, 1, 1, 1};
  std::array<std::int64_t, kMaxSimNodes> stall_{};
};

}  // namespace confman::sim
