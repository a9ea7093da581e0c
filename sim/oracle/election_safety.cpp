#include "sim/oracle/election_safety.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

bool ElectionSafety::leads(int node, std::uint64_t term) {
  // Every term costs an election, so a run that comes here has lost its way.
  constexpr std::uint64_t kMaxTerm = 1'000'000;
  if (term > kMaxTerm) broken("election-safety", "Terms ran up to " + std::to_string(term) + ".");
  if (term >= leader_of_.size()) leader_of_.resize(term + 1, -1);
  int& leader = leader_of_[term];
  if (leader == node) return false;
  if (leader >= 0) {
    broken("election-safety", "Node " + std::to_string(node + 1) + " leads term " +
                                  std::to_string(term) + ", which node " +
                                  std::to_string(leader + 1) + " led before.");
  }
  leader = node;
  return true;
}

}  // namespace confman::sim
