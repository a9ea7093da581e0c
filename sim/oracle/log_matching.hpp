#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "consensus/types.hpp"
#include "sim/log_image.hpp"

namespace confman::sim {

// If two logs contain an entry with the same index and term, then the logs are identical in all
// entries up through the given index (Raft, figure 3). One look-up per appended entry: the hash of
// a log up to an entry is remembered by the entry's index and term for the whole run.
class LogMatching {
 public:
  void appended(int node, const ChainedEntry& entry);
  // The hash of the log that ends with this entry; nothing if nobody ever appended such an entry.
  std::optional<std::uint64_t> chain_of(consensus::LogId prefix) const;

 private:
  std::vector<std::vector<std::pair<std::uint64_t, std::uint64_t>>> by_index_;  // (term, chain)…
};

}  // namespace confman::sim
