#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/recv_repair.hpp"
#include "consensus/raft/repair.hpp"
#include "consensus/raft/replication.hpp"
#include "consensus/raft/roles.hpp"
#include "consensus/status.hpp"

namespace confman::consensus {

// How a cluster begins, and how a node finds its place in one that is there.
class Founding {
 public:
  Founding(Context& context, Durability& durable, const Ballot& ballot, Log& log, Outbox& out,
           Roles& roles, const std::optional<Repair>& repair, Replication& replication,
           LogRepair& log_repair)
      : context_(context),
        durable_(durable),
        ballot_(ballot),
        log_(log),
        out_(out),
        roles_(roles),
        repair_(repair),
        replication_(replication),
        log_repair_(log_repair) {}

  // What the disk knows of the founders; before begin().
  void restore(FounderRecord record) { founders_ = std::move(record); }
  bool founded() const { return founders_.founded; }
  // A node without a log, which hasn't founded.
  void begin();

  void recv(const Message& message, Introduction& body);
  void introduce_to_all();
  Introduction introduction(NodeId to, bool wants_answer) const;

  // It hasn't met all founders yet, or comes to a cluster that is there.
  bool blank() const { return blank_.has_value(); }
  Time introduce_at() const { return blank_ ? blank_->introduce_at : Time::never(); }
  // It has been given a part of the log.
  void end_blank() { blank_.reset(); }

  bool is_said_to_be_removed() const;
  Standing standing() const;

 private:
  struct Blank {
    std::vector<MemberId> agreed;  // founders whose record is complete, and the same as ours
    bool cluster_exists = false;   // somebody knows a configuration without this disk
    Time introduce_at;
  };

  void note_founder(NodeId node);
  void note_agreement(MemberId from, const Introduction& theirs);
  void agree(MemberId founder);
  void maybe_found();

  Context& context_;
  Durability& durable_;
  const Ballot& ballot_;
  Log& log_;
  Outbox& out_;
  Roles& roles_;
  const std::optional<Repair>& repair_;
  Replication& replication_;
  LogRepair& log_repair_;

  std::optional<Blank> blank_;
  FounderRecord founders_;  // empty on a node that has joined
};

}  // namespace confman::consensus
