#pragma once

#include <optional>

#include "consensus/event.hpp"
#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/health.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/propose.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/raft/transfer.hpp"

namespace confman::consensus {

// Changes of the configuration by joint consensus (Raft §6, thesis §4.3).
class MembershipChanges {
 public:
  MembershipChanges(const Context& context, const Ballot& ballot, const Log& log, Outbox& out,
                    Roles& roles, const Machine& machine, const Space& space, Proposals& proposals,
                    Transfers& transfers)
      : context_(context),
        ballot_(ballot),
        log_(log),
        out_(out),
        roles_(roles),
        machine_(machine),
        space_(space),
        proposals_(proposals),
        transfers_(transfers) {}

  void on(ChangeMembership&& event);
  // At the end of each step: the commit index may have moved.
  void after_membership_committed();

 private:
  std::optional<ChangeRefusal> not_now(const Leader& leading) const;
  bool quorum_stays(const Leader& leading, const Membership& next) const;

  const Context& context_;
  const Ballot& ballot_;
  const Log& log_;
  Outbox& out_;
  Roles& roles_;
  const Machine& machine_;
  const Space& space_;
  Proposals& proposals_;
  Transfers& transfers_;
};

}  // namespace confman::consensus
