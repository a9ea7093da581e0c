#pragma once

#include "sim/seed/prng.hpp"
#include "sim/storage/sim_file_system.hpp"

namespace confman::sim {

// An error that a process meets sooner or later: of a read, a write, a sync, or a full disk.
inline void arm_random_error(SimFileSystem& disk, Prng& prng, std::uint64_t within_calls) {
  using enum IoFault::Kind;
  if (prng.chance(1, 6)) {
    disk.set_capacity(disk.used() + prng.below(40) * DiskSpace::kBlockBytes);
    return;
  }
  IoFault fault;
  fault.kind = prng.one_of({ReadError, WriteError, SyncError, SyncError});
  const auto files = disk.files();
  if (!files.empty() && prng.chance(3, 4)) fault.file = files[prng.below(files.size())].path;
  fault.after = prng.below(within_calls);
  disk.arm(fault);
}

inline void heal(SimFileSystem& disk) {
  disk.disarm();
  disk.set_capacity(DiskSpace::kUnlimited);
}

}  // namespace confman::sim
