#include "sim/oracle/leader_completeness.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void LeaderCompleteness::committed(const CommittedLog::Applied& entry, std::uint64_t term) {
  // An entry that is found to be committed later was committed after those before it, so what a
  // node in a lower term finds now says nothing about the terms in between.
  while (!by_term_.empty() && by_term_.back().term >= term) {
    if (by_term_.back().term > term) return;
    by_term_.pop_back();
  }
  by_term_.push_back({entry, term});
}

void LeaderCompleteness::elected(int node, std::uint64_t term, const LogImage& written) const {
  for (auto record = by_term_.rbegin(); record != by_term_.rend(); ++record) {
    if (record->term >= term) continue;
    const std::uint64_t index = record->entry.at.index.value;
    const bool compacted = index < written.base.index.value;
    if (compacted || written.chain_at(index) == record->entry.chain) return;
    broken("leader-completeness", "Node " + std::to_string(node + 1) + " leads term " +
                                      std::to_string(term) + " without entry " +
                                      std::to_string(index) + ", which was committed in term " +
                                      std::to_string(record->term) + " at the latest.");
  }
}

}  // namespace confman::sim
