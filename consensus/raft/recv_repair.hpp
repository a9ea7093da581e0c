#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/repair.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/raft/send_snapshot.hpp"
#include "consensus/status.hpp"

namespace confman::consensus {

// The repair of a log from the logs of others; and what this node gives to others for theirs.
class LogRepair {
 public:
  LogRepair(Context& context, Durability& durable, const Ballot& ballot, Log& log, Outbox& out,
            Roles& roles, const Machine& machine, std::optional<Repair>& repair,
            SnapshotSender& snapshot_sender)
      : context_(context),
        durable_(durable),
        ballot_(ballot),
        log_(log),
        out_(out),
        roles_(roles),
        machine_(machine),
        repair_(repair),
        snapshot_sender_(snapshot_sender) {}

  void recv(const Message& message, RepairRequest& body);
  void recv(const Message& message, RepairReply& body);

  void ask_for_repair();  // everybody, if it is time
  void ask_for_repair(NodeId node);
  void fetch_snapshot(NodeId source, LogId snapshot, std::uint64_t offset);
  // The state, or a snapshot, ends inside of what is damaged, and stands for all before.
  void begin_damaged_behind(const LogPoint& state);

  std::optional<Damage> damage() const;
  Membership contacts() const;

 private:
  void send_repair_chunk(NodeId to, const RepairRequest& request);
  void repaired();
  std::optional<std::pair<NodeId, LogId>> best_of_all_others() const;
  void give_way_to(NodeId node, LogId last);
  void ask_successor();
  void take_from_successor(RepairReply& reply);
  void succeed();
  void maybe_fetch_snapshot(NodeId from, const RepairReply& reply);

  Context& context_;
  Durability& durable_;
  const Ballot& ballot_;
  Log& log_;
  Outbox& out_;
  Roles& roles_;
  const Machine& machine_;
  std::optional<Repair>& repair_;
  SnapshotSender& snapshot_sender_;
};

}  // namespace confman::consensus
