#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/node/config.hpp"

namespace confman::sim {

// Which class of failures the draw leans towards.
enum class Profile : std::uint8_t {
  Default,    // one of the others, or an even mix; drawn from the seed
  Calm,       // no faults: what fails here is plainly wrong
  Chaos,      // everything at once
  Partition,  // symmetric, asymmetric, partial
  Election,   // leaders die or are cut off as soon as they lead
  Figure8,    // five nodes, the leader is killed after replicating to exactly one (Raft §5.4.2)
  Disk,       // slow and stalling disks, crashes with unsynced writes, changes of leader
  Snapshot,   // tiny logs, slow followers: snapshots travel all the time
  Clocks,     // drift, pauses, wall clock jumps
  Members,  // nodes join and leave all the time, also right after an election; disks are exchanged
  Damage,   // records of the log are lost, on few nodes or on all, while others are down
  Beyond,   // more is lost than can be made good: nothing may be made up
  Lease,    // reads under a lease, with clocks as wrong as they may be
  Access,   // who may do what changes all the time, and clients come with API keys
  Review,   // the same, and who must agree: policies, drafts, approvals, publications, schedules
  Keep,     // the same, with quotas, retention, and namespaces that are rolled back
};
inline constexpr int kProfiles = static_cast<int>(Profile::Keep) + 1;
// Those that a seed of the default profile may lean towards: what such seeds draw stays as it was.
inline constexpr int kDrawnProfiles = static_cast<int>(Profile::Lease) + 1;

std::string_view name_of(Profile profile);
std::optional<Profile> profile_of(std::string_view name);

// On what the nodes store what they must not forget.
enum class StorageKind : std::uint8_t {
  Model,   // what stores promise
  Sqlite,  // production's stores on a simulated disk; they are compared with the model
};

// Every knob of a run, all derived from seed and profile. Plain integers, so that a recording can
// hold them and a reader compare them. Times are in microseconds, rates in parts per million.
// Swarm testing (Groce et al., "Swarm Testing", 2012): each seed switches whole kinds of faults and
// operations off, because a run that does everything at once hides what takes a long time of one.
struct DerivedConfig {
  std::int64_t nodes = 3;   // founders
  std::int64_t spares = 0;  // machines that may be added
  // The founders have met before the run begins. For shrunk recordings: how they meet takes some
  // fifty events, and is seldom what a failure needs.
  std::int64_t founded = 0;
  std::int64_t clients = 3;
  std::int64_t watchers = 1;
  std::int64_t chaos_us = 20'000'000;

  // Raft and node; see their config.hpp.
  std::int64_t heartbeat_us = 50'000;
  std::int64_t election_min_us = 300'000;
  std::int64_t election_max_us = 600'000;
  std::int64_t max_append_entries = 64;
  std::int64_t max_append_bytes = 1 << 16;
  std::int64_t max_inflight_appends = 16;
  std::int64_t max_inflight_bytes = 1 << 20;
  std::int64_t max_apply_entries = 256;
  std::int64_t max_uncommitted_entries = 4096;
  std::int64_t max_uncommitted_bytes = 1 << 22;
  std::int64_t compact_above_entries = 100'000;
  std::int64_t compact_above_bytes = 1 << 26;
  std::int64_t keep_trailing_entries = 50;
  std::int64_t snapshot_chunk_bytes = 4096;
  std::int64_t snapshot_retry_us = 300'000;
  std::int64_t max_open_writes = 20'000;
  std::int64_t max_open_reads = 50'000;
  std::int64_t max_open_watches = 1000;
  std::int64_t max_turn_rows = 500;
  std::int64_t max_step_rows = 1000;
  std::int64_t step_rows_per_ms = 100;
  std::int64_t max_woken_per_turn = 1000;
  std::int64_t max_expired_per_turn = 1000;
  std::int64_t max_look_rows = 128;
  std::int64_t max_page_bytes = 1 << 20;
  std::int64_t bytes_per_row = 1024;
  std::int64_t near_entries = 64;
  std::int64_t max_noted_changes = 10'000;
  std::int64_t max_read_rounds = 8;
  std::int64_t forward_window = 64 * 1024;
  std::int64_t forward_retry_us = 700'000;
  std::int64_t route_retry_us = 20'000;
  std::int64_t position_wait_us = 1'000'000;
  // Outcomes that are remembered. With fewer than all, a retry may be done twice, and nobody
  // promises that it isn't.
  std::int64_t max_outcomes = 100'000;
  std::int64_t outcome_evictions = 4;
  std::int64_t unknown_after_leader_loss_us = 1'000'000;
  std::int64_t read_retry_us = 20'000;
  std::int64_t lease_reads = 0;
  std::int64_t clock_drift_bound_ppm = 100'000;
  std::int64_t min_free_bytes = 0;
  std::int64_t disk_stall_us = 500'000;
  std::int64_t old_programs = 0;  // one bit for each node that starts at the level below
  std::int64_t old_level = 1;
  std::int64_t perturbations = 0;

  // Network, per message.
  std::int64_t delay_min_us = 200;
  std::int64_t delay_mean_us = 1000;
  std::int64_t delay_tail_ppm = 0;
  std::int64_t delay_tail_us = 0;
  std::int64_t loss_ppm = 0;
  std::int64_t duplicate_ppm = 0;
  std::int64_t fifo = 1;  // a path delivers in order, as one TCP connection does
  std::int64_t hold_when_cut =
      0;  // a cut path delivers late what it was given, instead of losing it
  std::int64_t through_codec = 0;  // messages are encoded, decoded and compared

  // Disk.
  std::int64_t sqlite = 0;  // production's stores (real_storage.hpp), not the model of them alone
  std::int64_t sync_min_us = 100;
  std::int64_t sync_mean_us = 500;
  std::int64_t sync_tail_ppm = 0;
  std::int64_t sync_tail_us = 0;
  std::int64_t flush_mean_us = 200'000;
  std::int64_t build_mean_us = 20'000;
  std::int64_t build_fail_ppm = 0;
  std::int64_t install_mean_us = 10'000;
  std::int64_t install_damage_ppm = 0;

  // Clocks and the process.
  std::int64_t drift_ppm = 0;       // each node's clock runs wrong by up to this
  std::int64_t wall_offset_ms = 0;  // and its wall clock is off by up to this
  std::int64_t timer_late_us = 0;   // timers fire late by up to this
  std::int64_t turn_us = 0;         // 0: each input is a turn; else turns end up to this much later

  // Nemesis: a fault about every fault_mean_us, of a kind drawn by weight, for about its time.
  std::int64_t fault_mean_us = 0;  // 0: no faults
  std::int64_t heal_mean_us = 1'000'000;
  std::int64_t crash_weight = 0;
  std::int64_t crash_all_weight = 0;
  std::int64_t crash_leader_weight = 0;
  std::int64_t figure8_weight = 0;
  std::int64_t pause_weight = 0;
  std::int64_t pause_leader_weight = 0;
  std::int64_t isolate_weight = 0;
  std::int64_t isolate_leader_weight = 0;
  std::int64_t split_weight = 0;
  std::int64_t one_way_weight = 0;
  std::int64_t bridge_weight = 0;
  std::int64_t slow_disk_weight = 0;
  std::int64_t drift_weight = 0;
  std::int64_t wall_jump_weight = 0;
  std::int64_t shutdown_weight = 0;
  std::int64_t ring_weight = 0;
  std::int64_t swizzle_weight = 0;
  std::int64_t slow_ack_weight = 0;
  std::int64_t mono_jump_weight = 0;
  std::int64_t damage_weight = 0;
  std::int64_t lose_state_weight = 0;
  std::int64_t kill_head_weight = 0;
  std::int64_t wipe_weight = 0;
  std::int64_t old_copy_weight = 0;
  std::int64_t full_disk_weight = 0;
  std::int64_t upgrade_weight = 0;
  std::int64_t stale_leader_weight = 0;
  std::int64_t bad_witness_weight = 0;
  std::int64_t late_ack_weight = 0;
  std::int64_t echo_weight = 0;
  std::int64_t far_jump_weight = 0;
  // Of the first so many nodes the wall clock may be days off, and stand still; a minority.
  std::int64_t far_clocks = 0;
  std::int64_t drift_lasts = 0;  // clocks are as wrong when all else is healed
  // Whether damage may hit any disks, as long as each record is whole somewhere; else any records,
  // of a minority of disks.
  std::int64_t damage_everywhere = 0;
  std::int64_t beyond_budget = 0;  // nothing is spared
  std::int64_t deaf_founder = 0;   // a story of the beginning (nemesis_acts.cpp)
  // Crash of a leader that has just been elected.
  std::int64_t strike_new_leader_ppm = 0;
  // What a crash leaves of unsynced log requests: all, none, or a prefix.
  std::int64_t crash_keeps_all_weight = 1;
  std::int64_t crash_keeps_none_weight = 1;
  std::int64_t crash_keeps_some_weight = 1;
  std::int64_t torn_ppm = 0;  // of crashes leave a batch in the store that the head doesn't know of

  // Clients.
  std::int64_t readers =
      0;  // so many of them write nothing, and never wait for a leader's majority
  std::int64_t think_mean_us = 100'000;
  std::int64_t op_timeout_us = 2'000'000;
  std::int64_t namespaces = 2;
  std::int64_t keys = 4;  // per namespace
  std::int64_t put_weight = 10;
  std::int64_t put_if_version_weight = 10;
  std::int64_t put_if_absent_weight = 2;
  std::int64_t delete_weight = 2;
  std::int64_t namespace_weight = 1;
  std::int64_t get_weight = 12;
  std::int64_t get_stale_weight = 3;
  std::int64_t get_bounded_weight = 3;
  std::int64_t get_own_write_weight = 6;
  std::int64_t list_weight = 1;
  std::int64_t query_weight = 2;  // of each kind of the other queries
  std::int64_t past_weight = 0;   // of each kind of operation on the past
  // Of changes to who may do what, and of questions about it; with 0 nobody comes with an API key.
  std::int64_t access_weight = 0;
  std::int64_t review_weight = 0;          // of policies, and of what is done with requests
  std::int64_t keep_weight = 0;            // of quotas, retention, rollbacks of namespaces
  std::int64_t mint_weight = 0;            // of bootstrap keys: the first closes the cluster
  std::int64_t idempotency_ppm = 500'000;  // of writes carry a key, and are tried again under it
  std::int64_t redirect_ppm = 100'000;     // of writes go with forward = false
  std::int64_t impatient_ppm = 20'000;     // of operations are given up before their deadline
  std::int64_t hasty_ppm = 20'000;         // of operations have a deadline that is all but over
  std::int64_t invalid_ppm = 10'000;       // of puts break a limit or a name rule
  std::int64_t made_up_ppm = 50'000;       // of the positions that are named never were
  std::int64_t watch_timeout_us = 2'000'000;

  // The operator.
  std::int64_t admin_mean_us = 0;  // 0: none
  std::int64_t add_weight = 0;
  std::int64_t promote_weight = 0;
  std::int64_t demote_weight = 0;
  std::int64_t remove_weight = 0;
  std::int64_t transfer_weight = 0;
  std::int64_t admin_after_election_ppm = 0;  // of elections are followed by a change at once

  // Liveness. At first only a majority may be healed: the others stay down, cut off, deaf or mute.
  std::int64_t majority_first = 0;
  std::int64_t serve_within_us = 10'000'000;
  std::int64_t converge_within_us = 10'000'000;
  std::int64_t steady_us = 3'000'000;
  std::int64_t restore_within_us = 30'000'000;

  // Only for tests of the simulator itself: forges a violation at this event, or when the cluster
  // acknowledges its so-manyeth write. 0: never.
  std::int64_t forge_at_event = 0;
  std::int64_t forge_at_write = 0;

  friend bool operator==(const DerivedConfig&, const DerivedConfig&) = default;
};

DerivedConfig derive(std::uint64_t seed, Profile profile, StorageKind storage = StorageKind::Model);
// Brings the knobs that depend on others in line with them: limits on limits, time-outs that a
// healthy cluster doesn't run into, the bounds within which a healed one must serve.
void settle(DerivedConfig& config);

struct Knob {
  std::string_view name;
  std::int64_t DerivedConfig::* field;
};
const std::vector<Knob>& knobs();

// "nodes=5 clients=3 …", all knobs in their order.
std::string to_string(const DerivedConfig& config);

node::NodeConfig node_config(const DerivedConfig& config, std::uint64_t seed, int node);
domain::OutcomeLimits outcome_limits(const DerivedConfig& config);
// The longest that a node takes an answer about a clock.
Duration clock_round_trip(const DerivedConfig& config);

}  // namespace confman::sim
