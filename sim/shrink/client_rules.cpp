#include "sim/shrink/client_rules.hpp"

namespace confman::sim {
namespace {

bool certainly_not_done(const node::Response& response) {
  if (std::holds_alternative<node::Redirect>(response.outcome)) return true;
  if (std::holds_alternative<node::Denied>(response.outcome)) return true;
  const auto* failed = std::get_if<node::Failed>(&response.outcome);
  return failed != nullptr && failed->why != node::Failure::OutcomeUnknown;
}

}  // namespace

bool ClientRules::allow(const ClientOp& op) const {
  if (open_.contains(op.client)) return false;  // one thing at a time
  const WriteOp* write = write_in(op);
  if (write == nullptr) return true;
  // A write that may have been done is sent again only under its key, and only before its client
  // goes on to use the key for something else.
  if (decided_.contains(op.logical)) return false;
  if (write->idempotency == 0) return !unsure_.contains(op.logical);
  return write->borrows_key() || !taken_.contains(write->idempotency);
}

void ClientRules::sent(const ClientOp& op) {
  open_[op.client] = op.request;
  const WriteOp* write = write_in(op);
  if (write != nullptr && write->borrows_key()) taken_.insert(write->idempotency);
}

void ClientRules::over(const ClientOp& op) {
  const auto open = open_.find(op.client);
  if (open != open_.end() && open->second == op.request) open_.erase(open);
}

void ClientRules::heard(const Outputs& outputs, const ClientOp* sent_now) {
  for (const Outputs::Answered& answer : outputs.answered) {
    over(answer.op);
    if (std::holds_alternative<node::WriteDone>(answer.response.outcome)) {
      decided_.insert(answer.op.logical);
    } else if (!certainly_not_done(answer.response)) {
      unsure_.insert(answer.op.logical);
    }
  }
  for (const ClientOp& op : outputs.lost) {
    over(op);
    const bool refused_at_once = sent_now != nullptr && sent_now->request == op.request;
    if (!refused_at_once) unsure_.insert(op.logical);
  }
}

}  // namespace confman::sim
