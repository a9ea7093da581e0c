#pragma once

#include <span>

#include "sim/oracle/committed_log.hpp"

namespace confman::sim {

// An entry that somebody applies is durable in the logs of a majority, also of those that are down:
// else a crash could take back what a client was told.
void check_committed_on_quorum(const CommittedLog::Applied& entry,
                               std::span<const LogImage* const> durable_logs);

}  // namespace confman::sim
