#pragma once

#include <optional>

#include "consensus/engine.hpp"
#include "consensus/raft/acknowledgements.hpp"
#include "consensus/raft/ballot.hpp"
#include "consensus/raft/commit.hpp"
#include "consensus/raft/compaction.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/disk.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/election.hpp"
#include "consensus/raft/feature_level.hpp"
#include "consensus/raft/founding.hpp"
#include "consensus/raft/health.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/membership.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/propose.hpp"
#include "consensus/raft/reads.hpp"
#include "consensus/raft/recv_append.hpp"
#include "consensus/raft/recv_repair.hpp"
#include "consensus/raft/recv_snapshot.hpp"
#include "consensus/raft/repair.hpp"
#include "consensus/raft/replication.hpp"
#include "consensus/raft/role.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/raft/send_snapshot.hpp"
#include "consensus/raft/transfer.hpp"

namespace confman::consensus {

// One member of one Raft group (Ongaro & Ousterhout, "In Search of an Understandable Consensus
// Algorithm", extended version; Ongaro's thesis for what the paper leaves out).
//
// Time is an argument and next_deadline() says when it would matter; no tick is counted. Chance is
// a small generator seeded by the configuration. Durability is data: writes are numbered, and what
// may be said only once a write is on disk carries its number (Send::after). A vote for oneself
// counts by the same rule, so a cluster of one is not a special case. Deciding uses what is in
// memory, promising uses what is on disk (Durability knows the difference).
//
// Handlers change the state and queue effects. What follows from the state is done once, at the end
// of the step, in finish(): one write, the appends that each follower can take, one read round, the
// entries that may be applied. That is where batching comes from.
//
// The state that several need is in parts, and each message and concern has a handler that borrows
// the parts it works on; one that it only reads it borrows as const. What a handler alone needs it
// holds itself. A handler may call those above it in the list below, so there are no circles. Only
// this class sees all.
//
// Bad messages are ignored; what only a bug in this program can cause (two leaders in one term, a
// conflict below the commit index) is an assertion.
class RaftNode final : public Engine {
 public:
  // `config` must pass validate().
  RaftNode(RaftConfig config, Restored restored, Time now);
  RaftNode(const RaftNode&) = delete;
  RaftNode& operator=(const RaftNode&) = delete;

  void step(Time now, Event event, Effects& out) override;
  Time next_deadline() const override;
  Status status() const override;
  const Membership& membership() const override { return log_.membership(); }
  Membership contacts() const override { return log_repair_.contacts(); }
  NodeView view() const override;
  const Entry* entry(LogIndex index) const override;

  const LogView& log() const { return log_.view(); }

 private:
  // --- what is decided here
  void reconcile(const LogPoint& applied);
  void dispatch(Event& event);
  void dispatch(Message& message);
  void on(Received&& event);
  void on(Persisted&& event);
  void on_time_passed();
  void on_heartbeat_due(Leader& leader);
  bool acceptable(const Message& message) const;
  bool is_to_former_life(const Message& message) const;
  bool settle_term(const Message& message);
  void finish();

  // --- parts: the state that handlers share
  Context context_;
  Durability durable_;
  Ballot ballot_;
  Log log_;
  Machine machine_;
  Space space_;
  std::optional<Repair> repair_;
  Outbox out_{context_, ballot_, durable_};
  Roles roles_{context_, ballot_, out_};
  Health health_{repair_, machine_, space_};  // holds nothing: what follows from these

  // --- handlers, each of which borrows what it works on: parts, and handlers above it
  SnapshotSender snapshot_sender_{context_, durable_, ballot_, log_, out_, roles_};
  Replication replication_{context_, log_, out_, roles_, snapshot_sender_};
  Reads reads_{context_, log_, out_, roles_, replication_};
  Transfers transfers_{context_, log_, out_, roles_};
  Proposals proposals_{context_, ballot_, log_, out_, roles_, space_};
  MembershipChanges membership_changes_{context_, ballot_, log_,       out_,      roles_,
                                        machine_, space_,  proposals_, transfers_};
  FeatureLevels feature_levels_{context_, log_, machine_, proposals_};
  Commits commits_{context_, durable_, ballot_, log_, out_, machine_};
  Compaction compaction_{context_, log_, roles_, machine_, snapshot_sender_};
  DiskWatch disk_watch_{context_, durable_, ballot_, roles_, space_, transfers_};
  LogRepair log_repair_{context_, durable_, ballot_,         log_, out_, roles_,
                        machine_, repair_,  snapshot_sender_};
  Founding founding_{context_, durable_, ballot_,      log_,       out_,
                     roles_,   repair_,  replication_, log_repair_};
  SnapshotReceiver snapshot_receiver_{context_, durable_, ballot_, log_,    out_,        roles_,
                                      machine_, space_,   repair_, health_, log_repair_, founding_};
  AppendReceiver append_receiver_{context_, log_, out_, roles_, repair_, health_, founding_};
  Acknowledgements acknowledgements_{context_,         log_,     roles_,    replication_, reads_,
                                     snapshot_sender_, commits_, transfers_};
  Election election_{context_, durable_, ballot_, log_,      out_,      roles_,
                     machine_, space_,   repair_, founding_, proposals_};

  // As last reported by StatusChanged and MembershipInForce.
  Role seen_role_ = Role::Follower;
  Term seen_term_;
  std::optional<MemberId> seen_leader_;
  LogIndex seen_membership_;
};

}  // namespace confman::consensus
