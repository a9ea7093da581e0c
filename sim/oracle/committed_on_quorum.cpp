#include "sim/oracle/committed_on_quorum.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_committed_on_quorum(const CommittedLog::Applied& entry,
                               std::span<const LogImage* const> durable_logs) {
  const std::uint64_t index = entry.at.index.value;
  std::size_t holders = 0;
  for (const LogImage* log : durable_logs) {
    const bool compacted = index < log->base.index.value;
    if (compacted || log->chain_at(index) == entry.chain) ++holders;
  }
  if (2 * holders > durable_logs.size()) return;
  broken("committed-on-quorum", "Entry " + std::to_string(index) + " of term " +
                                    std::to_string(entry.at.term.value) +
                                    " was applied while durable on " + std::to_string(holders) +
                                    " of " + std::to_string(durable_logs.size()) + " nodes.");
}

}  // namespace confman::sim
