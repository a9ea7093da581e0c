#pragma once

#include "consensus/messages.hpp"
#include "sim/model/log_image.hpp"

namespace confman::sim {

// What a message promises about its sender's state is on the sender's disk when the message leaves
// (Raft §5.2, §5.3): a vote, and the entries that an acknowledgement covers.
void check_persist_before_send(const consensus::Message& message, const LogImage& written,
                               const LogImage& durable);

}  // namespace confman::sim
