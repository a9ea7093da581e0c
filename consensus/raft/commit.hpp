#pragma once

#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/role.hpp"

namespace confman::consensus {

// When an entry is committed, and when it may be applied.
class Commits {
 public:
  Commits(const Context& context, const Durability& durable, const Ballot& ballot, Log& log,
          Outbox& out, Machine& machine)
      : context_(context),
        durable_(durable),
        ballot_(ballot),
        log_(log),
        out_(out),
        machine_(machine) {}

  void maybe_commit(Leader& leading);
  LogIndex ready_upto() const;  // to be applied
  void apply_committed();

 private:
  const Context& context_;
  const Durability& durable_;
  const Ballot& ballot_;
  Log& log_;
  Outbox& out_;
  Machine& machine_;
};

}  // namespace confman::consensus
