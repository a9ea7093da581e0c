#include "consensus/raft/transfer.hpp"

#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

void Transfers::on(TransferLeadership&& event) {
  auto* leading = roles_.leading();
  const auto refuse = [&](ChangeRefusal why) { out_.emit(ChangeRefused{event.id, why}); };
  if (!leading) return refuse(ChangeRefusal::NotLeader);
  if (leading->transfer) return refuse(ChangeRefusal::Transferring);
  if (!event.to) {
    const Progress* successor = best_successor(*leading);
    if (!successor) return refuse(ChangeRefusal::NoSuccessor);
    return begin_transfer(*leading, event.id, *successor);
  }
  if (!log_.membership().contains(*event.to)) return refuse(ChangeRefusal::UnknownMember);
  if (*event.to == context_.self()) return refuse(ChangeRefusal::AlreadyMember);
  const Progress* successor = find_peer(*leading, *event.to);
  const Member* member = log_.membership().find(*event.to);
  if (member->role != MemberRole::Voter) return refuse(ChangeRefusal::NotAVoter);
  if (const auto why = unfit(successor)) return refuse(*why);
  begin_transfer(*leading, event.id, *successor);
}

// What keeps a member from counting now, whatever it has of the log.
std::optional<ChangeRefusal> Transfers::unfit(const Progress* follower) const {
  if (follower == nullptr || !context_.is_active(*follower)) return ChangeRefusal::Inactive;
  switch (follower->condition) {
    case Condition::Ready:
      return std::nullopt;
    case Condition::LowSpace:
    case Condition::NoSpace:
      return ChangeRefusal::LowOnSpace;
    case Condition::Damaged:
    case Condition::Stateless:
      return ChangeRefusal::Incomplete;
  }
  CONFMAN_UNREACHABLE("A follower is in one of five conditions.");
}

// The voter that has to catch up the least before it can lead.
const Progress* Transfers::best_successor(const Leader& leading) const {
  const Progress* best = nullptr;
  for (const Progress& follower : leading.peers) {
    const Member* member = log_.membership().find(follower.id());
    const bool possible = member != nullptr && member->role == MemberRole::Voter &&
                          !unfit(&follower) && follower.state() == ProgressState::Replicate;
    if (possible && (!best || follower.match() > best->match())) best = &follower;
  }
  return best;
}

void Transfers::begin_transfer(Leader& leading, ChangeId id, const Progress& successor) {
  leading.transfer =
      Transfer{successor.id(), context_.now + context_.config.election_timeout_max, id};
  maybe_send_timeout_now(leading);
}

void Transfers::maybe_send_timeout_now(Leader& leading) {
  if (!leading.transfer) return;
  const Progress* successor = find_peer(leading, leading.transfer->to);
  if (successor == nullptr) return end_transfer(leading);  // it has been removed
  // A successor that lacks entries would lose the election and only disturb.
  if (successor->match() != log_.last()) return;
  leading.lease_void = true;
  out_.send(successor->node(), TimeoutNow{});
}

void Transfers::end_transfer(Leader& leading) {
  CONFMAN_MARK("transfer: it came to nothing");
  out_.emit(TransferGivenUp{leading.transfer->id});
  leading.transfer.reset();
}

}  // namespace confman::consensus
