#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "app/node/peer_message.hpp"

namespace confman::sim {

std::string_view kind_name(const node::PeerMessage& message);  // "append_request"

// Calls visit(name, number) for what a message says, always the same names for one kind.
void visit_fields(const node::PeerMessage& message,
                  const std::function<void(std::string_view, std::uint64_t)>& visit);

}  // namespace confman::sim
