#pragma once

#include <cstdint>
#include <optional>

#include "consensus/event.hpp"
#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/founding.hpp"
#include "consensus/raft/health.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/recv_repair.hpp"
#include "consensus/raft/repair.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/status.hpp"

namespace confman::consensus {

// A snapshot arrives (Raft §7), in chunks that may be lost or come twice.
class SnapshotReceiver {
 public:
  SnapshotReceiver(const Context& context, const Durability& durable, const Ballot& ballot,
                   Log& log, Outbox& out, Roles& roles, Machine& machine, const Space& space,
                   std::optional<Repair>& repair, const Health& health, LogRepair& log_repair,
                   Founding& founding)
      : context_(context),
        durable_(durable),
        ballot_(ballot),
        log_(log),
        out_(out),
        roles_(roles),
        machine_(machine),
        space_(space),
        repair_(repair),
        health_(health),
        log_repair_(log_repair),
        founding_(founding) {}

  void recv(const Message& message, SnapshotChunk& body);
  void on(SnapshotChunkStored&& event);
  void on(SnapshotInstalled&& event);
  void on(SnapshotRejected&& event);

  // Announced lately, and there was no room for it.
  std::optional<RefusedSnapshot> refused() const;

 private:
  void recv_repair_chunk(const Message& message, SnapshotChunk& body);
  std::uint64_t room_for_snapshot(std::uint64_t staged) const;
  void take_chunk(SnapshotChunk& chunk);
  void answer_chunk(NodeId leader, const SnapshotMeta& meta, std::uint64_t next, SnapshotStatus s);

  const Context& context_;
  const Durability& durable_;
  const Ballot& ballot_;
  Log& log_;
  Outbox& out_;
  Roles& roles_;
  Machine& machine_;
  const Space& space_;
  std::optional<Repair>& repair_;
  const Health& health_;
  LogRepair& log_repair_;
  Founding& founding_;

  std::optional<RefusedSnapshot> refused_snapshot_;
  Time refused_until_;  // that this is worth telling
};

}  // namespace confman::consensus
