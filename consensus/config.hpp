#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "consensus/types.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

using confman::kFirstFeatureLevel;
using confman::kMemberNotes;
using confman::kNewestFeatureLevel;

// The state that is made of a snapshot takes up to so many times its bytes on the disk, besides the
// stream itself: keys stand in indexes too (measured with values of one byte: 1.45 times).
inline constexpr std::uint64_t kStateBytesPerSnapshotByte = 2;
inline constexpr int kMaxSnapshotBackoff = 16;
// To apply so many bytes takes as long as an entry that holds little.
inline constexpr std::size_t kBytesOfAnEntry = 32 * 1024;

// Tuning of one Raft group. The same on every member but for id and seed. validate() refuses what
// can't work; within it every value is safe, and some are slow.
struct RaftConfig {
  GroupId group;
  NodeId self;
  // Who founds the cluster, as every node's settings list it; incarnations are found out
  // (raft/founding.cpp). Of no meaning once the log names a configuration; before that a node that
  // is added to a cluster finds its members here.
  Membership founders;

  // How often a leader speaks when it has nothing to say. Must leave a follower several chances
  // within an election timeout: at most a third of election_timeout_min.
  Duration heartbeat_interval = Duration::millis(50);

  // A follower that has heard no leader for a time drawn from [min, max) asks around (pre-vote).
  // Below a few disk syncs plus a round trip, elections never settle; the spread keeps them from
  // colliding. election_timeout_min is also the span of check-quorum: a leader that has not heard
  // from a majority for that long steps down.
  Duration election_timeout_min = Duration::millis(300);
  Duration election_timeout_max = Duration::millis(600);

  // Bounds of one AppendEntries. At least one entry is always sent, whatever its size.
  std::size_t max_append_entries = 1024;
  std::size_t max_append_bytes = 1024 * 1024;

  // Pipelining: what may be on its way to one follower without an answer.
  std::size_t max_inflight_appends = 64;
  std::size_t max_inflight_bytes = 8 * 1024 * 1024;

  // What is handed to the state machine between two ticks at most, where a large entry counts as
  // several (kBytesOfAnEntry); with more to hand out a tick is due at once. So a node that has much
  // to catch up with hears of votes and heartbeats in between.
  std::size_t max_apply_entries = 64;

  // Proposals beyond this much uncommitted log are refused as Busy.
  std::size_t max_uncommitted_bytes = 64 * 1024 * 1024;
  std::size_t max_uncommitted_entries = 64 * 1024;

  // The log after the compaction point is kept in memory. It is compacted once it exceeds either
  // bound, down to the trailing count that spares a follower who is only a little behind a
  // snapshot; never past what the state machine holds durably.
  std::size_t compact_above_entries = 50'000;
  std::size_t compact_above_bytes = 32 * 1024 * 1024;
  std::size_t keep_trailing_entries = 5'000;

  std::size_t snapshot_chunk_bytes = 256 * 1024;
  // A chunk that got no answer for this long is sent again; where nothing comes of that either,
  // after twice as long, and so on up to kMaxSnapshotBackoff times as long.
  Duration snapshot_retry = Duration::millis(500);

  // Lease reads (thesis §6.4.1): a leader that a majority has answered within an election time-out
  // reads without asking again. Off unless the cluster's clocks are known to keep within the bound:
  // a clock that gains or loses more in an election time-out gives stale reads.
  bool lease_reads = false;
  std::int64_t max_clock_drift_ppm = 100'000;  // of each clock, below 1'000'000

  // Below the first no command is taken into the log, of clients or of a leader; above the second
  // it is again. What is between them and a full disk is for votes and no-ops. A snapshot is taken
  // only where there is room for it above the first.
  std::uint64_t min_free_bytes = 0;
  std::uint64_t resume_free_bytes = 0;

  // A leader whose own write has been under way for this long hands over to a follower whose disk
  // is ahead of it; after twice this it steps down.
  Duration disk_stall = Duration::millis(500);

  // The newest feature level that this build can apply (raft/feature_level.cpp).
  std::uint64_t max_feature_level = kNewestFeatureLevel;

  // Sites of perturb.hpp that are active, one bit each. 0 in production.
  std::uint32_t perturbations = 0;

  // Seed of the node's own random stream: election timeouts, and the ids of questions to the
  // leader, which must not be those of an earlier life of this node. The time of the start is mixed
  // in.
  std::uint64_t seed = 1;
};

// The first violated relation as a sentence.
std::expected<void, std::string> validate(const RaftConfig& config);

}  // namespace confman::consensus
