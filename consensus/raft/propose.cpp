#include "consensus/raft/propose.hpp"

#include <algorithm>

#include "consensus/wire.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

void Proposals::on(Propose&& event) {
  auto* leading = roles_.leading();
  for (Proposal& proposal : event.proposals) {
    // While leadership is handed over the log must stand still for the successor to have all of it.
    if (!leading || leading->transfer) {
      out_.emit(ProposalRefused{proposal.id, ProposeRefusal::NotLeader});
      continue;
    }
    const std::size_t size = sizeof(Entry) + proposal.payload->size();
    CONFMAN_ASSERT(proposal.payload->size() <= kMaxPayloadBytes,
                   "A proposal is larger than a message to a follower can be.");
    const std::uint64_t uncommitted = log_.last().value - log_.commit().value;
    if (space_.low || !quorum_has_space(*leading)) {
      CONFMAN_MARK("propose: refused, because disks are full");
      out_.emit(ProposalRefused{proposal.id, ProposeRefusal::NoSpace});
      continue;
    }
    const bool busy = context_.perturbed(Perturbation::BusyProposal) ||
                      uncommitted >= context_.config.max_uncommitted_entries ||
                      leading->uncommitted_bytes + size > context_.config.max_uncommitted_bytes;
    // Whatever the bounds, one proposal at a time gets through.
    if (busy && uncommitted > 0) {
      CONFMAN_MARK("propose: refused, because too much is uncommitted");
      out_.emit(ProposalRefused{proposal.id, ProposeRefusal::Busy});
      continue;
    }
    append_as_leader(*leading, EntryKind::Command, std::move(proposal.payload));
    out_.emit(ProposalAppended{proposal.id, log_.last_id()});
  }
}

void Proposals::append_as_leader(Leader& leading, EntryKind kind, Payload payload) {
  Entry entry{.index = log_.last().next(),
              .term = ballot_.term(),
              .kind = kind,
              .payload = std::move(payload)};
  leading.uncommitted_bytes += entry.size();
  log_.append(std::move(entry));
  if (kind == EntryKind::Membership) follow_membership(leading);
}

// Whether a majority can take entries, as far as is known.
bool Proposals::quorum_has_space(const Leader& leading) const {
  const auto lacks_space = [](Condition c) {
    return c == Condition::LowSpace || c == Condition::NoSpace;
  };
  return log_.quorum().majority([&](MemberId id) {
    if (id == context_.self()) return !space_.low;
    return std::ranges::none_of(
        leading.peers, [&](const Progress& p) { return p.id() == id && lacks_space(p.condition); });
  });
}

void Proposals::append_membership(Leader& leading, const Membership& next, Bytes note) {
  append_as_leader(leading, EntryKind::Membership,
                   make_payload(encode(MembershipChange{next, std::move(note)})));
}

void Proposals::follow_membership(Leader& leading) {
  std::erase_if(leading.peers,
                [&](const Progress& p) { return !log_.membership().contains(p.id()); });
  for (const Member& member : log_.membership().members) {
    if (member.id == context_.self()) continue;
    const NodeId node{member.id, member.incarnation};
    const auto at = std::ranges::lower_bound(leading.peers, member.id, {},
                                             [](const Progress& p) { return p.id(); });
    if (at == leading.peers.end() || at->id() != member.id) {
      leading.peers.insert(at, Progress(node, log_.last().next(), context_.config, context_.now));
    } else if (node.incarnation != 0 && at->node() != node) {
      at->bind(node.incarnation);
    }
  }
}

}  // namespace confman::consensus
