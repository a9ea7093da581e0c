#include "sim/oracle/handover.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_successor(const consensus::Message& message, const LogImage& leader,
                     const LogImage& successor) {
  // It has gone on to another leader, who may have replaced what it had acknowledged to this one.
  if (successor.hard_state.term > message.term) return;
  for (auto it = leader.entries.rbegin(); it != leader.entries.rend(); ++it) {
    const std::uint64_t index = it->entry.index.value;
    if (index < successor.base.index.value || successor.chain_at(index) == it->chain) return;
    // Entries that a leader appends by itself may be younger than its decision.
    if (it->entry.kind != consensus::EntryKind::Command) continue;
    broken("handover", "Node " + std::to_string(message.from.member.value) + " asked node " +
                           std::to_string(message.to.member.value) +
                           " to take over, which lacks entry " + std::to_string(index) + ".");
  }
}

void check_leader_is_voter(consensus::NodeId leader, const consensus::Status& status,
                           const consensus::Membership& membership) {
  if (status.membership_index > status.commit || status.hands_over) return;
  if (membership.joint() || membership.is_voter(leader)) return;
  broken("handover", "Node " + std::to_string(leader.member.value) +
                         " leads, though the configuration of entry " +
                         std::to_string(status.membership_index.value) +
                         ", which is committed, leaves it out.");
}

}  // namespace confman::sim
