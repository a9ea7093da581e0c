#include "consensus/raft/raft_node.hpp"
#include "consensus/wire.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

void RaftNode::on(Propose&& event) {
  auto* leading = std::get_if<Leader>(&role_);
  for (Proposal& proposal : event.proposals) {
    // While leadership is handed over the log must stand still for the successor to have all of it.
    if (!leading || leading->transfer) {
      emit(ProposalRefused{proposal.id, ProposeRefusal::NotLeader});
      continue;
    }
    const std::size_t size = sizeof(Entry) + proposal.payload->size();
    CONFMAN_ASSERT(proposal.payload->size() <= kMaxPayloadBytes,
                   "A proposal is larger than a message to a follower can be.");
    const std::uint64_t uncommitted = log_.last().value - commit_.value;
    if (low_space_ || !quorum_has_space(*leading)) {
      CONFMAN_MARK("propose: refused, because disks are full");
      emit(ProposalRefused{proposal.id, ProposeRefusal::NoSpace});
      continue;
    }
    const bool busy = perturbed(Perturbation::BusyProposal) ||
                      uncommitted >= config_.max_uncommitted_entries ||
                      leading->uncommitted_bytes + size > config_.max_uncommitted_bytes;
    // Whatever the bounds, one proposal at a time gets through.
    if (busy && uncommitted > 0) {
      CONFMAN_MARK("propose: refused, because too much is uncommitted");
      emit(ProposalRefused{proposal.id, ProposeRefusal::Busy});
      continue;
    }
    append_as_leader(*leading, EntryKind::Command, std::move(proposal.payload));
    emit(ProposalAppended{proposal.id, log_.last_id()});
  }
}

void RaftNode::append_as_leader(Leader& leading, EntryKind kind, Payload payload) {
  Entry entry{
      .index = log_.last().next(), .term = term(), .kind = kind, .payload = std::move(payload)};
  leading.uncommitted_bytes += entry.size();
  append(std::move(entry));
}

}  // namespace confman::consensus
