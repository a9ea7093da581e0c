#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "consensus/config.hpp"
#include "consensus/messages.hpp"
#include "consensus/raft/inflights.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

// How an append is sent to a follower (the states are those of etcd's Progress).
enum class ProgressState : std::uint8_t {
  Probe,      // where the logs part is unknown: one append at a time
  Replicate,  // the follower keeps up: appends are pipelined
  Snapshot,   // it needs entries that have been compacted away: no appends
};

// A snapshot on its way to one follower, one chunk at a time.
struct SnapshotTransfer {
  SnapshotMeta meta;
  std::uint64_t offset{};  // of the chunk in flight
  Time retry_at = Time::never();
  int backoff = 1;  // of the next retry
};

// What a leader knows of one follower. Always match < next.
class Progress {
 public:
  // Incarnation 0: whichever disk answers first.
  Progress(NodeId node, LogIndex next, const RaftConfig& config, Time now);

  MemberId id() const { return node_.member; }
  NodeId node() const { return node_; }
  // Another disk answers in the member's name: nothing is known of it.
  void bind(std::uint64_t incarnation);
  LogIndex match() const { return match_; }
  LogIndex next() const { return next_; }
  ProgressState state() const { return state_; }
  // No append may be sent now.
  bool paused() const;

  // The follower's log matches ours up to `match`, durably. Returns whether that is news.
  bool acknowledged(LogIndex match);
  // The follower doesn't have `prev`; our logs may agree at `hint`. Returns false for a refusal
  // that has been overtaken by what we learned since.
  bool refused(LogIndex prev, LogIndex hint);
  // An append that ends at `last` was sent.
  void sent(LogIndex last, std::size_t bytes);
  // The follower is alive: whatever we are waiting for may have been lost, so one more may be sent.
  void resume();
  // The follower says that it has lost what it acknowledged, from there on.
  void lost(LogIndex from);

  void become_probe();
  void become_snapshot(const SnapshotMeta& meta);

  // Snapshot state only.
  SnapshotTransfer& transfer() { return transfer_; }
  const SnapshotTransfer& transfer() const { return transfer_; }

  Time heard;                     // its last answer of this term
  Condition condition{};          // as of then
  std::uint64_t feature_level{};  // 0: not heard yet
  std::uint64_t round{};          // highest read round it confirmed
  LogIndex told_commit;           // highest commit index sent to it
  bool nudge = false;  // an append is due even if it would be empty: it finds what was lost

  // Whether it keeps up: it has lately reached what was the log's end at most an election time-out
  // before (thesis §4.2.1, rounds of catching up).
  bool caught_up() const { return caught_up_; }
  void measure_lag(LogIndex last, Time now, Duration limit);

 private:
  void become_replicate();

  NodeId node_;
  LogIndex match_;
  LogIndex next_;
  ProgressState state_ = ProgressState::Probe;
  bool probe_sent_ = false;
  Inflights inflights_;
  SnapshotTransfer transfer_;
  bool caught_up_ = false;
  LogIndex lag_target_;  // of the round of catching up under way
  Time lag_since_;
};

// Asserts what must hold of a leader's view of its followers, after every step: `last` is the end
// of its log, `membership` the configuration in force.
void check_peers(std::span<const Progress> peers, LogIndex last, const Membership& membership,
                 MemberId self);

}  // namespace confman::consensus
