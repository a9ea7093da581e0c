#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/assert.hpp"
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

void RaftNode::on(ChangeMembership&& event) {
  auto* leading = std::get_if<Leader>(&role_);
  if (!leading) return emit(ChangeRefused{event.id, ChangeRefusal::NotLeader});
  if (const auto why = not_now(*leading)) return emit(ChangeRefused{event.id, *why});
  if (auto* promote = std::get_if<Promote>(&event.change)) {
    const Member* member = membership().find(promote->id);
    const Progress* learner = peer(*leading, promote->id);
    if (member != nullptr && member->role == MemberRole::Learner) {
      if (const auto why = unfit(learner)) return emit(ChangeRefused{event.id, *why});
      const bool ready = learner->caught_up() && learner->state() == ProgressState::Replicate;
      if (!ready) return emit(ChangeRefused{event.id, ChangeRefusal::NotCaughtUp});
      promote->incarnation = learner->node().incarnation;
    }
  }
  const auto next = changed(membership(), event.change);
  if (!next) return emit(ChangeRefused{event.id, next.error()});
  if (!quorum_stays(*leading, *next)) {
    return emit(ChangeRefused{event.id, ChangeRefusal::WouldLoseQuorum});
  }
  if (feature_level_ < kMemberNotes) event.note.clear();
  append_membership(*leading, *next, std::move(event.note));
  emit(ChangeAppended{event.id, log_.last_id()});
}

std::optional<ChangeRefusal> RaftNode::not_now(const Leader& leading) const {
  if (leading.transfer) return ChangeRefusal::Transferring;
  if (!committed_in_term(leading)) return ChangeRefusal::NotReady;
  if (history_.latest_index() > commit_ || membership().joint()) {
    return ChangeRefusal::ChangePending;
  }
  if (low_space_) return ChangeRefusal::NoSpace;
  return std::nullopt;
}

// What keeps a member from counting now, whatever it has of the log.
std::optional<ChangeRefusal> RaftNode::unfit(const Progress* follower) const {
  if (follower == nullptr || !is_active(*follower)) return ChangeRefusal::Inactive;
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

// Of the voters that would be there are enough within reach now. Whoever removes the wrong node of
// three, one of which is down, would be left with a cluster that can't even undo it.
bool RaftNode::quorum_stays(const Leader& leading, const Membership& next) const {
  const Membership final = next.joint() ? left_joint(next) : next;
  return Quorum(final).majority([&](MemberId id) {
    if (id == self()) return true;
    return std::ranges::any_of(leading.peers, [&](const Progress& p) {
      return p.id() == id && is_active(p) && takes_entries(p.condition);
    });
  });
}

void RaftNode::append_membership(Leader& leading, const Membership& next, Bytes note) {
  append_as_leader(leading, EntryKind::Membership,
                   make_payload(encode(MembershipChange{next, std::move(note)})));
}

// What is in force has changed.
void RaftNode::adopt_membership() {
  quorum_ = Quorum(membership());
  if (const Member* member = membership().find(self())) {
    const bool by_this_disk =
        member->role == MemberRole::Learner || membership().is_voter(config_.self);
    joining_ = joining_ && !by_this_disk;
  }
  if (auto* leading = std::get_if<Leader>(&role_)) follow_membership(*leading);
}

// The leader talks to whom the configuration names, and to nobody else.
void RaftNode::follow_membership(Leader& leading) {
  std::erase_if(leading.peers, [&](const Progress& p) { return !membership().contains(p.id()); });
  for (const Member& member : membership().members) {
    if (member.id == self()) continue;
    const NodeId node{member.id, member.incarnation};
    const auto at = std::ranges::lower_bound(leading.peers, member.id, {},
                                             [](const Progress& p) { return p.id(); });
    if (at == leading.peers.end() || at->id() != member.id) {
      leading.peers.insert(at, Progress(node, log_.last().next(), config_, now_));
    } else if (node.incarnation != 0 && at->node() != node) {
      at->bind(node.incarnation);
    }
  }
}

// For good: by a configuration that is committed.
bool RaftNode::is_left_out() const {
  return history_.latest_index() <= commit_ && !membership().is_voter(config_.self);
}

// Called whenever the commit index has moved.
void RaftNode::after_membership_committed() {
  auto* leading = std::get_if<Leader>(&role_);
  if (!leading || history_.latest_index() > commit_ || !committed_in_term(*leading)) return;
  if (membership().joint()) {
    CONFMAN_MARK("membership: the joint configuration is committed, and is left");
    append_membership(*leading, left_joint(membership()), {});
    return;
  }
  if (!is_left_out()) return;
  // Thesis §4.2.2: a leader that isn't in the new configuration steps down once that is committed.
  // It hands over first: under load no follower has all of the log at that very moment, and without
  // a successor nobody could write until an election time-out has passed.
  if (leading->transfer) return;
  CONFMAN_MARK("membership: the leader has removed itself, and hands over");
  const Progress* successor = best_successor(*leading);
  if (!successor) return become_follower(term(), std::nullopt);
  begin_transfer(*leading, {}, *successor);
}

}  // namespace confman::consensus
