#pragma once

#include <memory>

#include "tests/chaos/faults/fault.hpp"

// Things that clients and operators do to a cluster.
namespace confman::chaos {

// A follower is down while so much is written that the others compact their logs past it: it comes
// back by a snapshot.
std::unique_ptr<Fault> make_away_for_long(Ground ground);
// Under the same load, a follower with a slow disk loses power just when it has compacted its log.
std::unique_ptr<Fault> make_power_cut_at_compaction(Ground ground);
// One of the commands in the table of load_faults.cpp, by the command line. It must end, with a
// status that its row allows.
std::unique_ptr<Fault> make_operator_command(Ground ground);

}  // namespace confman::chaos
