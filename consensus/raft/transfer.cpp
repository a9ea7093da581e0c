#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

// Handing leadership over (thesis §3.10): stop taking proposals, wait until the successor has the
// whole log, tell it to campaign at once. If that comes to nothing, go on leading;
// or step down, if the cluster goes on without this node.
namespace confman::consensus {

void RaftNode::on(TransferLeadership&& event) {
  auto* leading = std::get_if<Leader>(&role_);
  const auto refuse = [&](ChangeRefusal why) { emit(ChangeRefused{event.id, why}); };
  if (!leading) return refuse(ChangeRefusal::NotLeader);
  if (leading->transfer) return refuse(ChangeRefusal::Transferring);
  if (!event.to) {
    const Progress* successor = best_successor(*leading);
    if (!successor) return refuse(ChangeRefusal::NoSuccessor);
    return begin_transfer(*leading, event.id, *successor);
  }
  if (!membership().contains(*event.to)) return refuse(ChangeRefusal::UnknownMember);
  if (*event.to == self()) return refuse(ChangeRefusal::AlreadyMember);
  const Progress* successor = peer(*leading, *event.to);
  const Member* member = membership().find(*event.to);
  if (member->role != MemberRole::Voter) return refuse(ChangeRefusal::NotAVoter);
  if (const auto why = unfit(successor)) return refuse(*why);
  begin_transfer(*leading, event.id, *successor);
}

// The voter that has to catch up the least before it can lead.
const Progress* RaftNode::best_successor(const Leader& leading) const {
  const Progress* best = nullptr;
  for (const Progress& follower : leading.peers) {
    const Member* member = membership().find(follower.id());
    const bool possible = member != nullptr && member->role == MemberRole::Voter &&
                          !unfit(&follower) && follower.state() == ProgressState::Replicate;
    if (possible && (!best || follower.match() > best->match())) best = &follower;
  }
  return best;
}

void RaftNode::begin_transfer(Leader& leading, ChangeId id, const Progress& successor) {
  leading.transfer = Transfer{successor.id(), now_ + config_.election_timeout_max, id};
  maybe_send_timeout_now(leading);
}

void RaftNode::maybe_send_timeout_now(Leader& leading) {
  if (!leading.transfer) return;
  const Progress* successor = peer(leading, leading.transfer->to);
  if (successor == nullptr) return end_transfer(leading);  // it has been removed
  // A successor that lacks entries would lose the election and only disturb.
  if (successor->match() != log_.last()) return;
  leading.lease_void = true;
  send(successor->node(), TimeoutNow{});
}

void RaftNode::end_transfer(Leader& leading) {
  CONFMAN_MARK("transfer: it came to nothing");
  emit(TransferGivenUp{leading.transfer->id});
  leading.transfer.reset();
}

void RaftNode::recv(const Message& m, TimeoutNow&) {
  const auto* follower = std::get_if<Follower>(&role_);
  if (!follower || follower->leader != m.from.member || !electable()) return;
  CONFMAN_MARK("transfer: the leader asks this node to take over");
  become_candidate(true);  // no pre-vote: the leader itself asks for this election
}

}  // namespace confman::consensus
