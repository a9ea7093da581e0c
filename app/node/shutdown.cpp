#include "app/node/service.hpp"

// A node that was told to stop. Whoever stops in an orderly way leaves a cluster that needn't
// notice it by a time-out.
namespace confman::node {

void Node::Service::hand_over() {
  handed_over_ = true;
  end_watches();
  if (is_leader()) transfer_leadership();
}

// To the voter that has the most of the log: it has to catch up the least before it can lead.
void Node::Service::transfer_leadership() {
  const consensus::PeerStatus* successor = nullptr;
  const consensus::Status status = driver_.status();
  for (const consensus::PeerStatus& peer : status.peers) {
    const consensus::Member* member = driver_.membership().find(peer.id);
    const bool possible = peer.active && peer.id != config_.raft.self.member && member &&
                          member->role == consensus::MemberRole::Voter;
    if (possible && (!successor || peer.match > successor->match)) successor = &peer;
  }
  if (successor) driver_.transfer_leadership(now_.mono, successor->id);
}

}  // namespace confman::node
