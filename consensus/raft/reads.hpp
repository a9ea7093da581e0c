#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "consensus/event.hpp"
#include "consensus/raft/context.hpp"
#include "consensus/raft/log.hpp"
#include "consensus/raft/outbox.hpp"
#include "consensus/raft/replication.hpp"
#include "consensus/raft/roles.hpp"

namespace confman::consensus {

// Read requests that may wait on one node for a round to begin; more are refused.
inline constexpr std::size_t kMaxWaitingReads = 64 * 1024;
// Rounds under way at once, and a follower's questions to its leader. More would answer the single
// reader no sooner, and cost a message per read under load: what can't begin gathers for the next.
inline constexpr std::size_t kMaxReadRounds = 4;
// Rounds of heartbeats that may yet extend a lease.
inline constexpr std::size_t kMaxLeaseRounds = 64;

// Linearizable reads without a log entry (thesis §6.4): on the leader (read_index.cpp), and on a
// follower that asks it (forward_read.cpp).
class Reads {
 public:
  Reads(Context& context, const Log& log, Outbox& out, Roles& roles, Replication& replication)
      : context_(context), log_(log), out_(out), roles_(roles), replication_(replication) {}

  void on(ReadRequested&& event);
  void recv(const Message& message, ReadIndexRequest& body);
  void recv(const Message& message, ReadIndexReply& body);

  // --- the leader
  void begin_read_round(Leader& leading);
  void confirm_reads(Leader& leading);
  void begin_lease_round(Leader& leading);
  std::optional<Time> lease_end(const Leader& leading) const;

  // --- a follower
  void forward_reads(Follower& follower);
  void check_forwarded(Follower& follower);

 private:
  bool lease_holds(const Leader& leading) const;
  void extend_lease(Leader& leading, std::uint64_t confirmed);
  void answer_read(const ReadRequest& request, LogIndex index);

  Context& context_;
  const Log& log_;
  Outbox& out_;
  Roles& roles_;
  Replication& replication_;
};

}  // namespace confman::consensus
