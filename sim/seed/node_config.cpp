#include <algorithm>
#include <string>

#include "sim/seed/derived_config.hpp"
#include "sim/seed/prng.hpp"
#include "sim/workload/names.hpp"

// The knobs as the node's settings.
namespace confman::sim {

Duration clock_round_trip(const DerivedConfig& c) {
  return std::max(node::NodeConfig{}.clock_bound, Duration{c.election_min_us});
}

domain::OutcomeLimits outcome_limits(const DerivedConfig& c) {
  domain::OutcomeLimits limits;
  limits.max = static_cast<std::uint64_t>(c.max_outcomes);
  limits.max_evictions = static_cast<std::size_t>(c.outcome_evictions);
  return limits;
}

node::NodeConfig node_config(const DerivedConfig& c, std::uint64_t seed, int node) {
  node::NodeConfig config;
  consensus::RaftConfig& raft = config.raft;
  for (int i = 0; i < c.nodes; ++i) raft.founders.members.push_back(member_of(i));
  // The settings of a machine that is to be added name it among the others.
  if (node >= c.nodes) raft.founders.members.push_back(member_of(node));
  const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
  raft.self = {consensus::MemberId{static_cast<std::uint64_t>(node) + 1},
               Prng(seed, "incarnation" + std::to_string(node)).next() | 1};
  raft.heartbeat_interval = {c.heartbeat_us};
  raft.election_timeout_min = {c.election_min_us};
  raft.election_timeout_max = {c.election_max_us};
  raft.max_append_entries = size(c.max_append_entries);
  raft.max_append_bytes = size(c.max_append_bytes);
  raft.max_inflight_appends = size(c.max_inflight_appends);
  raft.max_inflight_bytes = size(c.max_inflight_bytes);
  raft.max_apply_entries = size(c.max_apply_entries);
  raft.max_uncommitted_entries = size(c.max_uncommitted_entries);
  raft.max_uncommitted_bytes = size(c.max_uncommitted_bytes);
  raft.compact_above_entries = size(c.compact_above_entries);
  raft.compact_above_bytes = size(c.compact_above_bytes);
  raft.keep_trailing_entries = size(c.keep_trailing_entries);
  raft.snapshot_chunk_bytes = size(c.snapshot_chunk_bytes);
  raft.snapshot_retry = {c.snapshot_retry_us};
  raft.lease_reads = c.lease_reads != 0;
  raft.max_clock_drift_ppm = c.clock_drift_bound_ppm;
  raft.min_free_bytes = static_cast<std::uint64_t>(c.min_free_bytes);
  raft.resume_free_bytes = 2 * raft.min_free_bytes;
  raft.disk_stall = {c.disk_stall_us};
  raft.perturbations = static_cast<std::uint32_t>(c.perturbations);
  if ((c.old_programs >> node & 1) != 0) {
    raft.max_feature_level = static_cast<std::uint64_t>(c.old_level);
  }
  config.max_open_writes = size(c.max_open_writes);
  config.max_open_reads = size(c.max_open_reads);
  config.max_open_watches = size(c.max_open_watches);
  config.max_turn_rows = size(c.max_turn_rows);
  config.max_step_rows = size(c.max_step_rows);
  config.step_rows_per_ms = size(c.step_rows_per_ms);
  config.max_woken_per_turn = size(c.max_woken_per_turn);
  config.max_expired_per_turn = size(c.max_expired_per_turn);
  config.max_look_rows = size(c.max_look_rows);
  config.max_page_bytes = size(c.max_page_bytes);
  config.bytes_per_row = size(c.bytes_per_row);
  config.near_entries = size(c.near_entries);
  config.max_noted_changes = size(c.max_noted_changes);
  config.max_read_rounds = size(c.max_read_rounds);
  config.forward_window = size(c.forward_window);
  config.forward_retry = {c.forward_retry_us};
  config.route_retry = {c.route_retry_us};
  config.position_wait = {c.position_wait_us};
  config.outcomes = outcome_limits(c);
  config.unknown_after_leader_loss = {c.unknown_after_leader_loss_us};
  config.read_retry = {c.read_retry_us};
  // A run is short, so hand-overs are tried more often; and with clocks that drift all the time
  // whose is right would change with them.
  constexpr std::int64_t kLongestRun = 300;
  config.clock_hand_over = Duration::seconds(3);
  config.clock_off = config.clock_off + Duration::micros(2 * c.drift_ppm * kLongestRun);
  return config;
}

}  // namespace confman::sim
