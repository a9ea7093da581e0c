#include "consensus/raft/membership.hpp"

#include <algorithm>

#include "domain/base/marks.hpp"

// Changes of the configuration by joint consensus (Raft §6, thesis §4.3): the leader appends a
// configuration in which both majorities must agree; once that is committed, the final one. Each is
// in force as soon as it is in a node's log.
//
// A change is refused until an entry of the leader's own term is committed (the single-server bug
// of 2015, https://groups.google.com/g/raft-dev/c/t4xj6dJTP6E, has the same root: a leader that
// doesn't know whether an earlier change stands) and until the change before it is committed and
// left.
namespace confman::consensus {

void MembershipChanges::on(ChangeMembership&& event) {
  auto* leading = roles_.leading();
  if (!leading) return out_.emit(ChangeRefused{event.id, ChangeRefusal::NotLeader});
  if (const auto why = not_now(*leading)) return out_.emit(ChangeRefused{event.id, *why});
  if (auto* promote = std::get_if<Promote>(&event.change)) {
    const Member* member = log_.membership().find(promote->id);
    const Progress* learner = find_peer(*leading, promote->id);
    if (member != nullptr && member->role == MemberRole::Learner) {
      if (const auto why = transfers_.unfit(learner))
        return out_.emit(ChangeRefused{event.id, *why});
      const bool ready = learner->caught_up() && learner->state() == ProgressState::Replicate;
      if (!ready) return out_.emit(ChangeRefused{event.id, ChangeRefusal::NotCaughtUp});
      promote->incarnation = learner->node().incarnation;
    }
  }
  const auto next = changed(log_.membership(), event.change);
  if (!next) return out_.emit(ChangeRefused{event.id, next.error()});
  if (!quorum_stays(*leading, *next)) {
    return out_.emit(ChangeRefused{event.id, ChangeRefusal::WouldLoseQuorum});
  }
  if (machine_.feature_level < kMemberNotes) event.note.clear();
  proposals_.append_membership(*leading, *next, std::move(event.note));
  out_.emit(ChangeAppended{event.id, log_.last_id()});
}

std::optional<ChangeRefusal> MembershipChanges::not_now(const Leader& leading) const {
  if (leading.transfer) return ChangeRefusal::Transferring;
  if (!leading.committed_in_term(log_.commit())) return ChangeRefusal::NotReady;
  if (log_.membership_index() > log_.commit() || log_.membership().joint()) {
    return ChangeRefusal::ChangePending;
  }
  if (space_.low) return ChangeRefusal::NoSpace;
  return std::nullopt;
}

// Of the voters that would be there are enough within reach now. Whoever removes the wrong node of
// three, one of which is down, would be left with a cluster that can't even undo it.
bool MembershipChanges::quorum_stays(const Leader& leading, const Membership& next) const {
  const Membership final = next.joint() ? left_joint(next) : next;
  return Quorum(final).majority([&](MemberId id) {
    if (id == context_.self()) return true;
    return std::ranges::any_of(leading.peers, [&](const Progress& p) {
      return p.id() == id && context_.is_active(p) && takes_entries(p.condition);
    });
  });
}

void MembershipChanges::after_membership_committed() {
  auto* leading = roles_.leading();
  if (!leading || log_.membership_index() > log_.commit() ||
      !leading->committed_in_term(log_.commit()))
    return;
  if (log_.membership().joint()) {
    CONFMAN_MARK("membership: the joint configuration is committed, and is left");
    proposals_.append_membership(*leading, left_joint(log_.membership()), {});
    return;
  }
  if (!log_.is_left_out()) return;
  // Thesis §4.2.2: a leader that isn't in the new configuration steps down once that is committed.
  // It hands over first: under load no follower has all of the log at that very moment, and without
  // a successor nobody could write until an election time-out has passed.
  if (leading->transfer) return;
  CONFMAN_MARK("membership: the leader has removed itself, and hands over");
  const Progress* successor = transfers_.best_successor(*leading);
  if (!successor) return roles_.become_follower(ballot_.term(), std::nullopt);
  transfers_.begin_transfer(*leading, {}, *successor);
}

}  // namespace confman::consensus
