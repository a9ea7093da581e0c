#include "sim/oracle/durable_election.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_durable_election(int leader, std::uint64_t term,
                            std::span<const LogImage* const> durable_logs) {
  const consensus::MemberId candidate{static_cast<std::uint64_t>(leader) + 1};
  std::size_t votes = 0;
  for (const LogImage* log : durable_logs) {
    const consensus::HardState& state = log->hard_state;
    const bool voted = state.term.value == term && state.voted_for == candidate;
    if (voted || state.term.value > term) ++votes;
  }
  if (2 * votes > durable_logs.size()) return;
  broken("durable-election", "Node " + std::to_string(leader + 1) + " leads term " +
                                 std::to_string(term) + " with the votes of " +
                                 std::to_string(votes) + " of " +
                                 std::to_string(durable_logs.size()) + " disks.");
}

}  // namespace confman::sim
