#pragma once

#include <optional>

#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/role.hpp"

namespace confman::consensus {

// What this node is. The only code that replaces one role's data by another's.
class Roles {
 public:
  Roles(Context& context, Ballot& ballot, Outbox& out);

  Role role() const { return static_cast<Role>(role_.index()); }
  const RoleState& state() const { return role_; }
  // Null in another role.
  Leader* leading() { return std::get_if<Leader>(&role_); }
  const Leader* leading() const { return std::get_if<Leader>(&role_); }
  Follower* following() { return std::get_if<Follower>(&role_); }
  const Follower* following() const { return std::get_if<Follower>(&role_); }
  PreCandidate* pre_candidate() { return std::get_if<PreCandidate>(&role_); }
  Candidate* candidate() { return std::get_if<Candidate>(&role_); }

  std::optional<MemberId> leader() const;  // perhaps this node
  NodeId leader_node() const;              // whoever speaks as the leader to this follower
  // Or is the leader, which checks its majority.
  bool hears_live_leader() const { return role() == Role::Leader || owes_silence(); }
  bool owes_silence() const { return context_.now < no_votes_until_; }

  void become_follower(Term term, std::optional<MemberId> leader);
  PreCandidate& become_pre_candidate();
  Candidate& become_candidate();
  Leader& become_leader();
  // A message of this term's leader: it leads, whatever this node was doing.
  void follow(NodeId leader);

  // What has come up since a leader was last heard.
  struct Silence {
    bool campaigned_in_vain = false;  // the last campaign was refused
    LogIndex left_out_as_of;  // somebody knows a configuration of then without this node; 0: nobody
  };
  Silence silence;

 private:
  void leave_role();

  Context& context_;
  Ballot& ballot_;
  Outbox& out_;
  RoleState role_;
  // A leader was heard a moment ago, or may have been by a former life of this node. So long it may
  // rely on not being voted out (lease reads), whatever terms this node hears of meanwhile.
  Time no_votes_until_;
};

}  // namespace confman::consensus
