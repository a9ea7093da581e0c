#include "consensus/messages.hpp"

#include <array>

namespace confman::consensus {

bool may_be_of_no_term(const MessageBody& body) {
  return std::holds_alternative<Introduction>(body) || std::holds_alternative<VoteReply>(body) ||
         std::holds_alternative<RepairReply>(body);
}

const char* name_of(const MessageBody& body) {
  static constexpr std::array<const char*, std::variant_size_v<MessageBody>> kNames = {
      "vote_request",   "vote_reply",      "append_request",     "append_reply",
      "heartbeat",      "heartbeat_reply", "read_index_request", "read_index_reply",
      "snapshot_chunk", "snapshot_reply",  "timeout_now",        "introduction",
      "repair_request", "repair_reply"};
  return kNames[body.index()];
}

}  // namespace confman::consensus
