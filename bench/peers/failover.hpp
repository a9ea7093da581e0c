#pragma once

#include <expected>
#include <optional>
#include <string>

#include "bench/load/prng.hpp"
#include "bench/peers/cluster.hpp"

namespace confman::bench {

// One trial: the leader gets SIGKILL; from then on a new write is sent through each of the other
// nodes every 5 ms, whatever became of the ones before, so that no request stuck in a dead leader's
// hands delays the finding. Returns the time from the kill to the first acknowledgement, in
// milliseconds; nothing when there was none within 30 s. Afterwards the killed node runs again and
// the cluster is ready.
std::expected<std::optional<double>, std::string> measure_failover(Cluster& cluster,
                                                                   TargetKind kind, Prng& random);

}  // namespace confman::bench
