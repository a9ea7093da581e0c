#pragma once

#include <optional>

#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/founding.hpp"
#include "consensus/raft/health.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/propose.hpp"
#include "consensus/raft/repair.hpp"
#include "consensus/raft/roles.hpp"

namespace confman::consensus {

// Elections: time-outs, votes, tallies, and the end of a leadership without a majority.
class Election {
 public:
  Election(Context& context, const Durability& durable, Ballot& ballot, const Log& log, Outbox& out,
           Roles& roles, const Machine& machine, const Space& space,
           const std::optional<Repair>& repair, Founding& founding, Proposals& proposals)
      : context_(context),
        durable_(durable),
        ballot_(ballot),
        log_(log),
        out_(out),
        roles_(roles),
        machine_(machine),
        space_(space),
        repair_(repair),
        founding_(founding),
        proposals_(proposals) {}

  // At the node's start.
  void begin();
  void recv(const Message& message, VoteRequest& body);
  void recv(const Message& message, VoteReply& body);
  void recv(const Message& message, TimeoutNow& body);

  void on_election_deadline();
  // Once the vote for itself is durable.
  void count_own_vote();
  void check_quorum(const Leader& leading);  // may end the leadership

 private:
  void begin_pre_vote();
  void become_candidate(bool transfer);
  void become_leader();
  void ask_for_votes(const VoteRequest& request, Term term);
  bool electable() const;
  bool may_vote() const { return !repair_ && !founding_.blank(); }
  bool is_up_to_date(LogId candidate) const;
  void answer_pre_vote(const Message& message, const VoteRequest& body);
  void check_votes();

  Context& context_;
  const Durability& durable_;
  Ballot& ballot_;
  const Log& log_;
  Outbox& out_;
  Roles& roles_;
  const Machine& machine_;
  const Space& space_;
  const std::optional<Repair>& repair_;
  Founding& founding_;
  Proposals& proposals_;
};

}  // namespace confman::consensus
