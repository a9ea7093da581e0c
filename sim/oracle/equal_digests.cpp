#include "sim/oracle/equal_digests.hpp"

#include <string>

#include "domain/base/hash.hpp"
#include "sim/failure.hpp"

namespace confman::sim {

void EqualDigests::applied(int node, std::uint64_t index, ByteView meta_row) {
  if (index >= by_index_.size()) by_index_.resize(index + 64);
  const std::uint64_t hash = xxh64(meta_row) | 1;
  std::uint64_t& known = by_index_[index];
  if (known == 0) known = hash;
  if (known == hash) return;
  broken("equal-digests", "Node " + std::to_string(node + 1) + " has another state at index " +
                              std::to_string(index) + " than a node that was there before.");
}

}  // namespace confman::sim
