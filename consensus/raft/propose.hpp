#pragma once

#include "consensus/event.hpp"
#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/health.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/roles.hpp"

namespace confman::consensus {

// What a leader appends to its log.
class Proposals {
 public:
  Proposals(Context& context, const Ballot& ballot, Log& log, Outbox& out, Roles& roles,
            const Space& space)
      : context_(context), ballot_(ballot), log_(log), out_(out), roles_(roles), space_(space) {}

  void on(Propose&& event);

  void append_as_leader(Leader& leading, EntryKind kind, Payload payload);
  void append_membership(Leader& leading, const Membership& membership, Bytes note);
  // The leader talks to whom the configuration names, and to nobody else.
  void follow_membership(Leader& leading);

 private:
  bool quorum_has_space(const Leader& leading) const;

  Context& context_;
  const Ballot& ballot_;
  Log& log_;
  Outbox& out_;
  Roles& roles_;
  const Space& space_;
};

}  // namespace confman::consensus
