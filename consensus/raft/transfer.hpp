#pragma once

#include <optional>

#include "consensus/event.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/roles.hpp"

namespace confman::consensus {

// Handing leadership over (thesis §3.10): stop taking proposals, wait until the successor has the
// whole log, tell it to campaign at once. If that comes to nothing, go on leading; or step down, if
// the cluster goes on without this node.
class Transfers {
 public:
  Transfers(const Context& context, const Log& log, Outbox& out, Roles& roles)
      : context_(context), log_(log), out_(out), roles_(roles) {}

  void on(TransferLeadership&& event);

  // Nobody: null.
  const Progress* best_successor(const Leader& leading) const;
  std::optional<ChangeRefusal> unfit(const Progress* follower) const;
  void begin_transfer(Leader& leading, ChangeId id, const Progress& successor);
  // Called whenever the successor may have caught up, or the message been lost.
  void maybe_send_timeout_now(Leader& leading);
  void end_transfer(Leader& leading);

 private:
  const Context& context_;
  const Log& log_;
  Outbox& out_;
  Roles& roles_;
};

}  // namespace confman::consensus
