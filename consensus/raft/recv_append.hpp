#pragma once

#include <optional>

#include "consensus/raft/context.hpp"
#include "consensus/raft/founding.hpp"
#include "consensus/raft/health.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/repair.hpp"
#include "consensus/raft/roles.hpp"

namespace confman::consensus {

// A leader speaks: its appends (Raft §5.3 and the receiver's rules of Figure 2) and heartbeats.
class AppendReceiver {
 public:
  AppendReceiver(const Context& context, Log& log, Outbox& out, Roles& roles,
                 const std::optional<Repair>& repair, const Health& health, Founding& founding)
      : context_(context),
        log_(log),
        out_(out),
        roles_(roles),
        repair_(repair),
        health_(health),
        founding_(founding) {}

  void recv(const Message& message, AppendRequest& body);
  void recv(const Message& message, Heartbeat& body);

 private:
  const Context& context_;
  Log& log_;
  Outbox& out_;
  Roles& roles_;
  const std::optional<Repair>& repair_;
  const Health& health_;
  Founding& founding_;
};

}  // namespace confman::consensus
