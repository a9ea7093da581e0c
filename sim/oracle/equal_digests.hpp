#pragma once

#include <cstdint>
#include <vector>

#include "domain/base/bytes.hpp"

namespace confman::sim {

// Replicas that have applied the same log prefix hold the same state. Compared after every command,
// by the Meta row: it holds the digest over all other rows, the head of the audit chain and the
// counters.
class EqualDigests {
 public:
  void applied(int node, std::uint64_t index, ByteView meta_row);

 private:
  std::vector<std::uint64_t> by_index_;  // hash of the Meta row; 0: nobody got there
};

}  // namespace confman::sim
