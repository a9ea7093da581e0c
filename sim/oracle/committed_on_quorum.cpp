#include "sim/oracle/committed_on_quorum.hpp"

#include <algorithm>
#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void CommittedOnQuorum::leader_committed(int leader, std::uint64_t index, std::uint64_t chain,
                                         const consensus::Membership& membership,
                                         const Disks& disks) {
  committed_ = std::max(committed_, index);
  const auto holds = [&](consensus::NodeId, const LogImage& log) {
    return index < log.base.index.value || log.chain_at(index) == chain;
  };
  if (majority_of_disks(membership, disks, holds)) return;
  broken("committed-on-quorum", "Node " + std::to_string(leader + 1) + " took entry " +
                                    std::to_string(index) +
                                    " for committed, which isn't durable on a majority.");
}

void CommittedOnQuorum::applied(int node, std::uint64_t index) const {
  if (index <= committed_) return;
  broken("committed-on-quorum", "Node " + std::to_string(node + 1) + " applied entry " +
                                    std::to_string(index) +
                                    ", which no leader had taken for committed.");
}

}  // namespace confman::sim
