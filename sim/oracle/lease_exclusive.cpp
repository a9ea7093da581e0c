#include "sim/oracle/lease_exclusive.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_no_lease(int elected, std::uint64_t term, int leader, const consensus::Status& status,
                    Time now) {
  if (status.term.value >= term || !status.lease_end || now >= *status.lease_end) return;
  broken("lease-exclusive", "Node " + std::to_string(elected + 1) + " has been elected in term " +
                                std::to_string(term) + ", and the lease of node " +
                                std::to_string(leader + 1) + " in term " +
                                std::to_string(status.term.value) + " lasts for another " +
                                std::to_string((*status.lease_end - now).us) + " us.");
}

}  // namespace confman::sim
