#include "sim/oracle/persist_before_send.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {
namespace {

std::string sender(const consensus::Message& message) {
  return "Node " + std::to_string(message.from.member.value);
}

void check_vote(const consensus::Message& message, const LogImage& durable) {
  const consensus::HardState& state = durable.hard_state;
  // A later vote on disk means that this one was there before it.
  if (state.term > message.term) return;
  if (state.term == message.term && state.voted_for == message.to.member) return;
  broken("persist-before-send", sender(message) + " gave node " +
                                    std::to_string(message.to.member.value) + " its vote in term " +
                                    std::to_string(message.term.value) +
                                    " before the vote was on its disk.");
}

void check_acknowledgement(const consensus::Message& message, std::uint64_t match,
                           const LogImage& written, const LogImage& durable) {
  if (durable.hard_state.term < message.term) {
    broken("persist-before-send", sender(message) + " acknowledged entries in term " +
                                      std::to_string(message.term.value) +
                                      " before that term was on its disk.");
  }
  // In a later term the log may have been overwritten since the acknowledgement was decided. It
  // stays true of the disk and harmless: who votes compares with the log as written.
  if (written.hard_state.term > message.term) return;
  const auto chain = written.chain_at(match);
  const bool compacted = match < durable.base.index.value;
  if (compacted || !chain || durable.chain_at(match) == chain) return;
  broken("persist-before-send", sender(message) + " acknowledged the log up to entry " +
                                    std::to_string(match) + " in term " +
                                    std::to_string(message.term.value) +
                                    " before it was on its disk (which ends at " +
                                    std::to_string(durable.last_index()) + ").");
}

}  // namespace

void check_persist_before_send(const consensus::Message& message, const LogImage& written,
                               const LogImage& durable) {
  if (const auto* vote = std::get_if<consensus::VoteReply>(&message.body)) {
    if (vote->granted && !vote->pre_vote) check_vote(message, durable);
  } else if (const auto* reply = std::get_if<consensus::AppendReply>(&message.body)) {
    if (reply->success) check_acknowledgement(message, reply->match.value, written, durable);
  }
}

}  // namespace confman::sim
