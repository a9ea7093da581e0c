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

std::optional<std::uint64_t> LogMatching::chain_of(consensus::LogId prefix) const {
  if (prefix.index.value == 0) return consensus::first_chain(0, {});
  if (prefix.index.value >= by_index_.size()) return std::nullopt;
  for (const auto& [term, chain] : by_index_[prefix.index.value]) {
    if (term == prefix.term.value) return chain;
  }
  return std::nullopt;
}

}  // namespace confman::sim
