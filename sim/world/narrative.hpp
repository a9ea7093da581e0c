#pragma once

#include <string>

#include "app/node/peer_message.hpp"
#include "app/node/request.hpp"
#include "consensus/effect.hpp"
#include "sim/workload/client_op.hpp"

// What happens between and in nodes, in words that fit on a line.
namespace confman::sim {

std::string narrate(const node::PeerMessage& message);  // without sender and receiver
std::string narrate(const consensus::PersistRequest& request);
std::string narrate(const ClientOp& op);
std::string narrate(const node::Response& response);
// What a read found: "version 3, value 17", "nothing there".
std::string narrate(const node::ReadDone& done);

}  // namespace confman::sim
