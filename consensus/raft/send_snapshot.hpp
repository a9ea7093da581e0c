#pragma once

#include <cstdint>
#include <optional>

#include "consensus/event.hpp"
#include "consensus/raft/ballot.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/durability.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/roles.hpp"

namespace confman::consensus {

// A snapshot for followers that need what the log no longer has: built once for all of them, sent
// to each one chunk at a time.
class SnapshotSender {
 public:
  SnapshotSender(const Context& context, const Durability& durable, const Ballot& ballot,
                 const Log& log, Outbox& out, Roles& roles)
      : context_(context),
        durable_(durable),
        ballot_(ballot),
        log_(log),
        out_(out),
        roles_(roles) {}

  // As soon as there is one to send.
  void send_snapshot(Leader& leading, Progress& follower);
  void build_snapshot();
  // Where an answer was lost the same chunk goes out again; the transfer never starts over.
  void retry_snapshots(Leader& leading);
  void answered(Leader& leading, Progress& follower, const SnapshotReply& body);

  void on(SnapshotBuilt&& event);
  void on(SnapshotFailed&& event);
  void on(SnapshotLost&& event);

  const std::optional<SnapshotMeta>& built() const { return built_; }
  bool is_building() const { return building_; }

 private:
  void send_chunk(Leader& leading, Progress& follower, std::uint64_t offset);
  void forget_snapshot(LogId last);

  const Context& context_;
  const Durability& durable_;
  const Ballot& ballot_;
  const Log& log_;
  Outbox& out_;
  Roles& roles_;

  // Of the state machine, to be sent: whoever leads uses it.
  bool building_ = false;
  Time build_not_before_{INT64_MIN};
  std::optional<SnapshotMeta> built_;
};

}  // namespace confman::consensus
