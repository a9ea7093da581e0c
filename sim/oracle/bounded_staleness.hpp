#pragma once

#include <cstdint>
#include <vector>

#include "sim/event.hpp"

namespace confman::sim {

// A stale read that names the age of its state holds everything that was committed before that
// age. Time is the world's, so the caller adds what the reader's clock may be wrong by.
class BoundedStaleness {
 public:
  // Log indices are committed in order; `at` grows.
  void committed(std::uint64_t index, SimTime at);
  // A read answered now reflects the log up to `index` and says it is at most `age_us` old.
  void read(int node, std::uint64_t index, SimTime now, std::int64_t age_us) const;

 private:
  std::vector<SimTime> committed_at_;  // by index - 1
};

}  // namespace confman::sim
