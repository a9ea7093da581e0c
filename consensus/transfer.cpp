#include "consensus/raft_node.hpp"

// Handing leadership over (thesis §3.10): stop taking proposals, wait until the successor has the
// whole log, tell it to campaign at once. If that comes to nothing, go on leading.
namespace confman::consensus {

void RaftNode::on(TransferLeadership&& event) {
  auto* leading = std::get_if<Leader>(&role_);
  if (!leading || event.to == self() || !config_.membership.is_voter(event.to)) return;
  leading->transfer = Transfer{event.to, now_ + config_.election_timeout_max};
  maybe_send_timeout_now(*leading);
}

void RaftNode::maybe_send_timeout_now(Leader& leading) {
  if (!leading.transfer) return;
  const Progress* successor = peer(leading, leading.transfer->to);
  // A successor that lacks entries would lose the election and only disturb.
  if (successor->match() != log_.last()) return;
  send(successor->id(), TimeoutNow{});
}

void RaftNode::recv(const Message& m, TimeoutNow&) {
  const auto* follower = std::get_if<Follower>(&role_);
  if (!follower || follower->leader != m.from.member || !electable()) return;
  become_candidate(true);  // no pre-vote: the leader itself asks for this election
}

}  // namespace confman::consensus
