#pragma once

#include <atomic>
#include <cstdint>

// What the faulty disk (faulty_disk.cpp) is told and tells: a file that a node and the test have
// both mapped.
namespace confman::chaos {

struct DiskControl {
  std::atomic<std::uint32_t> sync_delay_us{0};   // before each sync
  std::atomic<std::uint32_t> write_delay_us{0};  // before each write
  // The how manieth from now fails, once, with EIO; 0: none. Counted down by the node. Only log and
  // state count: what else fails needn't end a node.
  std::atomic<std::uint32_t> sync_to_fail{0};
  std::atomic<std::uint32_t> write_to_fail{0};
  std::atomic<std::uint32_t> failures{0};  // that were delivered
  // The how manieth from now is the last thing that the node does: it is killed before it is made,
  // or, of syncs, right after.
  std::atomic<std::uint32_t> write_to_die_at{0};
  std::atomic<std::uint32_t> sync_to_die_before{0};
  std::atomic<std::uint32_t> sync_to_die_after{0};
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "it is shared between processes");

// The variables that tell the disk where it is. Data folder and undo folder are on one file system.
inline constexpr const char* kDataVariable = "CHAOS_DISK_DATA";
inline constexpr const char* kUndoVariable = "CHAOS_DISK_UNDO";
inline constexpr const char* kControlVariable = "CHAOS_DISK_CONTROL";

}  // namespace confman::chaos
