#pragma once

#include "consensus/raft/outbox.hpp"
#include "consensus/raft/role.hpp"

namespace confman::consensus {

// Whoever asked is told that it asked in vain, and may ask again.
void fail_read(const ReadRequest& request, Outbox& out);
// All that wait for this role: it ends.
void fail_reads(Leader& leading, Outbox& out);
void fail_reads(Follower& follower, Outbox& out);

}  // namespace confman::consensus
