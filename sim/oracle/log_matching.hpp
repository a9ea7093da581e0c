#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "consensus/types.hpp"
#include "sim/model/log_image.hpp"

namespace confman::sim {

// If two logs contain an entry with the same index and term, then the logs are identical in all
// entries up through the given index (Raft, figure 3). One look-up per appended entry: the hash of
// a log up to an entry is remembered by the entry's index and term for the whole run.
class LogMatching {
 public:
  void appended(int node, const ChainedEntry& entry);
  // A log goes on from what a state machine has applied.
  void begins_behind(int node, const consensus::LogPoint& point) const;

 private:
  std::vector<std::vector<std::pair<std::uint64_t, std::uint64_t>>> by_index_;  // (term, chain)…
};

}  // namespace confman::sim
