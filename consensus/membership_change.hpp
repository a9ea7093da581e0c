#pragma once

#include <cstdint>
#include <expected>
#include <variant>

#include "consensus/types.hpp"

// Changes of a configuration, as values: what is asked for, and what that makes of a configuration.
// When a change may be made is the leader's business (raft/membership.cpp).
namespace confman::consensus {

// Is replicated to, and counts for nothing. Its role and incarnation are ignored.
struct AddLearner {
  Member member;
};
// Makes a voter of a learner. `incarnation`: the disk that is to have the vote.
struct Promote {
  MemberId id;
  std::uint64_t incarnation{};
};
struct Demote {
  MemberId id;
};
struct Remove {
  MemberId id;
};
using MemberChange = std::variant<AddLearner, Promote, Demote, Remove>;

MemberId subject_of(const MemberChange& change);

enum class ChangeRefusal : std::uint8_t {
  // Of the change itself.
  InvalidMember,  // an id of 0, a name or an address that breaks a rule (member_rules.hpp)
  AddressTaken,   // another member has one of its addresses
  AlreadyMember,
  UnknownMember,
  NotALearner,
  NotAVoter,
  LastVoter,  // nobody would be left to decide
  TooManyMembers,
  TooManyVoters,
  // Of the moment.
  NotLeader,
  NotReady,  // the leader hasn't committed an entry of its own term yet
  ChangePending,
  Transferring,
  // Of the learner to be promoted, or the successor; the first of these that holds.
  Inactive,         // it hasn't been heard from within an election time-out
  LowOnSpace,       // on its disk
  Incomplete,       // it has lost a part of its log or its state, and fetches that first
  NotCaughtUp,      // it is too far behind
  NoSuccessor,      // for a transfer to whoever can take over: nobody can
  WouldLoseQuorum,  // of the voters that would be, too few can be reached
  NoSpace,          // on the disk of the leader
  GivenUp,          // the successor didn't take over in time, and the leader goes on
};
const char* name_of(ChangeRefusal why);

// The configuration to go to from `current`, which must not be joint: a joint one if the voters
// change, else the final one.
std::expected<Membership, ChangeRefusal> changed(const Membership& current,
                                                 const MemberChange& change);
// What a joint configuration leads to.
Membership left_joint(const Membership& joint);

}  // namespace confman::consensus
