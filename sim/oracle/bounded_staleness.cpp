#include "sim/oracle/bounded_staleness.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void BoundedStaleness::committed(std::uint64_t index, SimTime at) {
  if (index > committed_at_.size()) committed_at_.resize(index, at);
}

void BoundedStaleness::read(int node, std::uint64_t index, SimTime now, std::int64_t age_us) const {
  if (index >= committed_at_.size()) return;
  const SimTime missed = committed_at_[index];  // the first entry that the read doesn't hold
  if (missed >= now - age_us) return;
  broken("bounded-staleness", "Node " + std::to_string(node + 1) +
                                  " answered with the state of entry " + std::to_string(index) +
                                  " as at most " + std::to_string(age_us) +
                                  " us old, but the next entry was applied " +
                                  std::to_string(now - missed) + " us ago.");
}

}  // namespace confman::sim
