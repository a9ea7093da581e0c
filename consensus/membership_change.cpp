#include "consensus/membership_change.hpp"

#include <algorithm>
#include <utility>

#include "consensus/member_rules.hpp"
#include "domain/base/assert.hpp"

namespace confman::consensus {
namespace {

using Changed = std::expected<Membership, ChangeRefusal>;

struct Change {
  const Membership& current;

  Changed operator()(const AddLearner& add) const {
    Member member = add.member;
    member.role = MemberRole::Learner;
    member.incarnation = 0;
    if (current.contains(member.id)) return std::unexpected(ChangeRefusal::AlreadyMember);
    // Where everybody is let in the API adapter asks for more.
    if (!problems_of(member, {.loopback_only = false}).empty()) {
      return std::unexpected(ChangeRefusal::InvalidMember);
    }
    if (!conflicts(member, current.members).empty()) {
      return std::unexpected(ChangeRefusal::AddressTaken);
    }
    if (current.members.size() >= kMaxMembers) {
      return std::unexpected(ChangeRefusal::TooManyMembers);
    }
    Membership next = current;
    const auto at = std::ranges::lower_bound(next.members, member.id, {}, &Member::id);
    next.members.insert(at, std::move(member));
    // The one test for all that a member may have wrong.
    if (!decode_membership(encode(next))) return std::unexpected(ChangeRefusal::InvalidMember);
    return next;
  }

  Changed operator()(const Promote& promote) const {
    Membership next = current;
    Member* member = next.find(promote.id);
    if (member == nullptr) return std::unexpected(ChangeRefusal::UnknownMember);
    if (member->role != MemberRole::Learner) return std::unexpected(ChangeRefusal::NotALearner);
    if (current.voters().size() >= kMaxVoters) {
      return std::unexpected(ChangeRefusal::TooManyVoters);
    }
    member->role = MemberRole::Voter;
    member->incarnation = promote.incarnation;
    next.outgoing = current.voters();
    return next;
  }

  Changed operator()(const Demote& demote) const {
    Membership next = current;
    Member* member = next.find(demote.id);
    if (member == nullptr) return std::unexpected(ChangeRefusal::UnknownMember);
    if (member->role != MemberRole::Voter) return std::unexpected(ChangeRefusal::NotAVoter);
    if (current.voters().size() == 1) return std::unexpected(ChangeRefusal::LastVoter);
    member->role = MemberRole::Learner;
    next.outgoing = current.voters();
    return next;
  }

  Changed operator()(const Remove& remove) const {
    Membership next = current;
    Member* member = next.find(remove.id);
    if (member == nullptr) return std::unexpected(ChangeRefusal::UnknownMember);
    if (member->role == MemberRole::Learner) {
      std::erase_if(next.members, [&](const Member& m) { return m.id == remove.id; });
      return next;
    }
    if (current.voters().size() == 1) return std::unexpected(ChangeRefusal::LastVoter);
    member->role = MemberRole::Leaving;
    next.outgoing = current.voters();
    return next;
  }
};

}  // namespace

MemberId subject_of(const MemberChange& change) {
  struct Subject {
    MemberId operator()(const AddLearner& add) const { return add.member.id; }
    MemberId operator()(const Promote& promote) const { return promote.id; }
    MemberId operator()(const Demote& demote) const { return demote.id; }
    MemberId operator()(const Remove& remove) const { return remove.id; }
  };
  return std::visit(Subject{}, change);
}

std::expected<Membership, ChangeRefusal> changed(const Membership& current,
                                                 const MemberChange& change) {
  CONFMAN_ASSERT(!current.joint(), "A second change was begun in the middle of the first.");
  return std::visit(Change{current}, change);
}

Membership left_joint(const Membership& joint) {
  CONFMAN_ASSERT(joint.joint(), "A change was ended that hadn't been begun.");
  Membership next = joint;
  next.outgoing.clear();
  std::erase_if(next.members, [](const Member& m) { return m.role == MemberRole::Leaving; });
  for (Member& member : next.members) {
    if (member.role == MemberRole::Learner) member.incarnation = 0;
  }
  return next;
}

const char* name_of(ChangeRefusal why) {
  switch (why) {
    case ChangeRefusal::InvalidMember:
      return "invalid_member";
    case ChangeRefusal::AddressTaken:
      return "address_taken";
    case ChangeRefusal::AlreadyMember:
      return "already_member";
    case ChangeRefusal::UnknownMember:
      return "unknown_member";
    case ChangeRefusal::NotALearner:
      return "not_a_learner";
    case ChangeRefusal::NotAVoter:
      return "not_a_voter";
    case ChangeRefusal::LastVoter:
      return "last_voter";
    case ChangeRefusal::TooManyMembers:
      return "too_many_members";
    case ChangeRefusal::TooManyVoters:
      return "too_many_voters";
    case ChangeRefusal::NotLeader:
      return "not_leader";
    case ChangeRefusal::NotReady:
      return "not_ready";
    case ChangeRefusal::ChangePending:
      return "change_pending";
    case ChangeRefusal::Transferring:
      return "transferring";
    case ChangeRefusal::Inactive:
      return "inactive";
    case ChangeRefusal::LowOnSpace:
      return "low_on_space";
    case ChangeRefusal::Incomplete:
      return "incomplete";
    case ChangeRefusal::NotCaughtUp:
      return "not_caught_up";
    case ChangeRefusal::NoSuccessor:
      return "no_successor";
    case ChangeRefusal::WouldLoseQuorum:
      return "would_lose_quorum";
    case ChangeRefusal::NoSpace:
      return "no_space";
    case ChangeRefusal::GivenUp:
      return "given_up";
  }
  return "unknown";
}

}  // namespace confman::consensus
