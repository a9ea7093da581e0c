#pragma once

#include <cstdint>

#include "consensus/messages.hpp"
#include "consensus/status.hpp"
#include "sim/model/log_image.hpp"

namespace confman::sim {

// How leadership is handed over. Neither rule is needed for safety, and who breaks it is found by
// nothing else: a successor that lacks entries loses the election, and the cluster is without a
// leader meanwhile; a leader that isn't a voter any more can't be removed.

// A leader asks a node to take over: that one's disk holds every command that the leader's log
// does.
void check_successor(const consensus::Message& message, const LogImage& leader,
                     const LogImage& successor);

// A node has been elected, or has committed an entry of its own term: not one that the last
// configuration which it knows to be committed, and the last in its log, leaves out, unless it
// is handing over.
void check_leader_is_voter(consensus::NodeId leader, const consensus::Status& status,
                           const consensus::Membership& membership);

}  // namespace confman::sim
