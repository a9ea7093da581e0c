#include "sim/oracle/log_matching.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void LogMatching::appended(int node, const ChainedEntry& entry) {
  const std::uint64_t index = entry.entry.index.value;
  const std::uint64_t term = entry.entry.term.value;
  if (index >= by_index_.size()) by_index_.resize(index + 64);
  for (const auto& [known_term, chain] : by_index_[index]) {
    if (known_term != term) continue;
    if (chain == entry.chain) return;
    broken("log-matching", "Node " + std::to_string(node + 1) + " appended entry " +
                               std::to_string(index) + " of term " + std::to_string(term) +
                               " to a log that differs from another node's up to that entry.");
  }
  by_index_[index].emplace_back(term, entry.chain);
}

void LogMatching::begins_behind(int node, const consensus::LogPoint& point) const {
  const std::uint64_t index = point.id.index.value;
  if (index < by_index_.size()) {
    for (const auto& [term, chain] : by_index_[index]) {
      if (term == point.id.term.value && chain == point.chain) return;
    }
  }
  broken("log-matching", "The log of node " + std::to_string(node + 1) +
                             " was made to begin behind entry " + std::to_string(index) +
                             " of term " + std::to_string(point.id.term.value) +
                             ", to which no log ever led.");
}

}  // namespace confman::sim
