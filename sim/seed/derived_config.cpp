#include "sim/seed/derived_config.hpp"

#include <algorithm>
#include <array>

#include "consensus/perturb.hpp"
#include "sim/event.hpp"
#include "sim/seed/lean.hpp"
#include "sim/seed/prng.hpp"

namespace confman::sim {
namespace {

constexpr std::array<std::string_view, kProfiles> kProfileNames = {
    "default", "calm",    "chaos",  "partition", "election", "figure8", "disk",   "snapshot",
    "clocks",  "members", "damage", "beyond",    "lease",    "access",  "review", "keep"};

constexpr std::int64_t kMillisecond = 1000;
constexpr std::int64_t kSecond = 1'000'000;

void draw_size(DerivedConfig& c, Prng& prng) {
  constexpr std::array<std::int64_t, 5> kSizeWeights = {1, 1, 6, 2, 5};
  c.nodes = 1 + static_cast<std::int64_t>(prng.weighted(kSizeWeights));
  c.spares = prng.one_of<std::int64_t>({0, 0, 0, 1, 2});
  c.clients = prng.between(1, 6);
  c.watchers = prng.between(0, 2);
  c.chaos_us = prng.between(12, 24) * kSecond;
}

void draw_raft(DerivedConfig& c, Prng& prng) {
  c.heartbeat_us = prng.one_of<std::int64_t>({20, 50, 50, 100}) * kMillisecond;
  c.election_min_us = c.heartbeat_us * prng.between(4, 8);
  c.election_max_us = c.election_min_us * prng.between(15, 30) / 10;
  c.max_append_entries = prng.one_of<std::int64_t>({1, 2, 8, 64, 1024});
  c.max_append_bytes = prng.one_of<std::int64_t>({1, 512, 1 << 16});
  c.max_inflight_appends = prng.one_of<std::int64_t>({1, 2, 16, 64});
  c.max_inflight_bytes = prng.one_of<std::int64_t>({1 << 12, 1 << 20});
  c.max_uncommitted_entries = prng.one_of<std::int64_t>({8, 4096, 4096});
  if (prng.chance(1, 2)) {
    c.compact_above_entries = prng.one_of<std::int64_t>({5, 20, 100});
    c.keep_trailing_entries = c.compact_above_entries * prng.between(0, 8) / 10;
  }
  if (prng.chance(1, 4)) c.compact_above_bytes = prng.one_of<std::int64_t>({1 << 12, 1 << 15});
  c.snapshot_chunk_bytes = prng.one_of<std::int64_t>({1 << 11, 1 << 13, 1 << 16});
  if (prng.chance(1, 8)) c.max_open_writes = 2;
  if (prng.chance(1, 8)) c.max_open_reads = 2;
  if (prng.chance(1, 8)) c.max_open_watches = 1;
  c.unknown_after_leader_loss_us = prng.between(100, 1500) * kMillisecond;
  c.read_retry_us = prng.between(5, 50) * kMillisecond;
  c.disk_stall_us = c.election_min_us * prng.between(1, 4);
  if (prng.chance(1, 3)) {
    for (unsigned site = 0; site < consensus::kPerturbations; ++site) {
      if (prng.chance(1, 4)) c.perturbations |= std::int64_t{1} << site;
    }
  }
  if (prng.chance(1, 6)) c.old_programs = static_cast<std::int64_t>(prng.below(1U << c.nodes));
}

void draw_turns(DerivedConfig& c, Prng prng) {
  if (!prng.chance(1, 3)) return;
  c.max_turn_rows = prng.one_of<std::int64_t>({1, 4});
  c.max_step_rows = prng.one_of<std::int64_t>({1, 2, 5});
  c.step_rows_per_ms = prng.one_of<std::int64_t>({1, 10});
  c.max_woken_per_turn = prng.one_of<std::int64_t>({1, 3});
}

// Bounds that no run would come near otherwise.
void draw_bounds(DerivedConfig& c, Prng prng) {
  const auto some = [&](std::int64_t& bound, std::initializer_list<std::int64_t> small) {
    if (prng.chance(1, 4)) bound = prng.one_of(small);
  };
  some(c.max_expired_per_turn, {1, 3});
  some(c.max_look_rows, {1, 2, 8});
  some(c.max_page_bytes, {1, 100, 500});
  some(c.bytes_per_row, {50});
  some(c.near_entries, {1, 2, 8});
  some(c.max_noted_changes, {1, 3});
  some(c.max_read_rounds, {1, 2});
  some(c.forward_window, {1, 4});
  some(c.forward_retry_us, {50'000, 200'000});
  some(c.route_retry_us, {2'000, 100'000});
  some(c.position_wait_us, {20'000, 200'000});
  if (prng.chance(1, 12)) {
    c.max_outcomes = prng.one_of<std::int64_t>({1, 5, 20});
    c.outcome_evictions = prng.one_of<std::int64_t>({1, 4});
  }
}

// How clients ask, beside what they ask.
void draw_manners(DerivedConfig& c, Prng prng) {
  c.query_weight = prng.one_of<std::int64_t>({0, 1, 2, 2});
  c.hasty_ppm = prng.one_of<std::int64_t>({0, 20'000, 20'000, 200'000});
  c.invalid_ppm = prng.one_of<std::int64_t>({0, 10'000, 50'000});
  c.made_up_ppm = prng.one_of<std::int64_t>({0, 50'000, 200'000});
}

// Documents tell what the first seeds do (docs/simulator.md): these go on without.
void draw_past(DerivedConfig& c, std::uint64_t seed) {
  constexpr std::uint64_t kTold = 100;
  Prng prng(seed, "past");
  // What the reference says of the past is said to somebody who may read everything.
  const bool past = seed > kTold && c.access_weight == 0 && prng.chance(1, 3);
  if (past) c.past_weight = prng.one_of<std::int64_t>({1, 2, 4});
}

void draw_network(DerivedConfig& c, Prng& prng) {
  c.delay_min_us = prng.between(50, 500);
  c.delay_mean_us = prng.one_of<std::int64_t>({300, 1000, 1000, 5000});
  if (prng.chance(1, 2)) {
    c.delay_tail_ppm = prng.one_of<std::int64_t>({1000, 10'000, 50'000});
    c.delay_tail_us = prng.between(10, 400) * kMillisecond;
  }
  if (prng.chance(1, 2)) c.loss_ppm = prng.one_of<std::int64_t>({1000, 10'000, 100'000});
  if (prng.chance(1, 2)) c.duplicate_ppm = prng.one_of<std::int64_t>({1000, 20'000, 200'000});
  c.fifo = prng.chance(1, 2);
  c.hold_when_cut = prng.chance(1, 3);
  c.through_codec = prng.chance(1, 8);
}

void draw_disk(DerivedConfig& c, Prng& prng) {
  c.sync_min_us = prng.between(50, 300);
  c.sync_mean_us = prng.one_of<std::int64_t>({100, 500, 2000, 10'000});
  if (prng.chance(1, 3)) {
    c.sync_tail_ppm = prng.one_of<std::int64_t>({1000, 20'000});
    c.sync_tail_us = prng.between(20, 500) * kMillisecond;
  }
  c.flush_mean_us = prng.one_of<std::int64_t>({5, 50, 500, 3000}) * kMillisecond;
  c.build_mean_us = prng.between(1, 100) * kMillisecond;
  c.install_mean_us = prng.between(1, 100) * kMillisecond;
  if (prng.chance(1, 4)) c.build_fail_ppm = 100'000;
  if (prng.chance(1, 4)) c.install_damage_ppm = 100'000;
}

void draw_clocks(DerivedConfig& c, Prng& prng) {
  if (prng.chance(1, 2)) c.drift_ppm = prng.one_of<std::int64_t>({100, 10'000, 50'000});
  if (prng.chance(1, 2)) c.wall_offset_ms = prng.one_of<std::int64_t>({50, 5000, 600'000});
  if (prng.chance(1, 2)) c.timer_late_us = prng.one_of<std::int64_t>({500, 20'000});
  if (prng.chance(1, 2)) c.turn_us = prng.one_of<std::int64_t>({100, 2000, 10'000});
  if (prng.chance(1, 4)) c.lease_reads = 1;
}

void draw_clients(DerivedConfig& c, Prng& prng) {
  c.think_mean_us = prng.one_of<std::int64_t>({20, 100, 100, 300}) * kMillisecond;
  if (prng.chance(1, 3))
    c.readers = static_cast<std::int64_t>(prng.below(static_cast<std::uint64_t>(c.clients)));
  c.op_timeout_us = prng.one_of<std::int64_t>({300, 2000, 5000}) * kMillisecond;
  c.namespaces = prng.between(1, 3);
  c.keys = prng.one_of<std::int64_t>({1, 3, 8});
  // Swarm: each kind of operation but the plainest may be missing.
  for (std::int64_t DerivedConfig::* weight :
       {&DerivedConfig::put_if_version_weight, &DerivedConfig::put_if_absent_weight,
        &DerivedConfig::delete_weight, &DerivedConfig::namespace_weight,
        &DerivedConfig::get_stale_weight, &DerivedConfig::get_bounded_weight,
        &DerivedConfig::get_own_write_weight, &DerivedConfig::list_weight}) {
    if (prng.chance(1, 4)) c.*weight = 0;
  }
  c.idempotency_ppm = prng.one_of<std::int64_t>({0, 500'000, 1'000'000});
  c.redirect_ppm = prng.one_of<std::int64_t>({0, 100'000, 1'000'000});
  c.impatient_ppm = prng.one_of<std::int64_t>({0, 20'000, 200'000});
  c.watch_timeout_us = prng.one_of<std::int64_t>({300, 2000}) * kMillisecond;
}

void draw_operator(DerivedConfig& c, Prng& prng) {
  if (prng.chance(1, 2)) return;
  c.admin_mean_us = prng.one_of<std::int64_t>({200, 1000, 3000}) * kMillisecond;
  for (std::int64_t DerivedConfig::* weight :
       {&DerivedConfig::add_weight, &DerivedConfig::promote_weight, &DerivedConfig::demote_weight,
        &DerivedConfig::remove_weight, &DerivedConfig::transfer_weight}) {
    c.*weight = prng.chance(2, 3) ? prng.between(1, 4) : 0;
  }
  c.add_weight += 1;
  if (prng.chance(1, 4)) c.admin_after_election_ppm = 300'000;
}

void draw_faults(DerivedConfig& c, Prng& prng, Profile profile) {
  if (profile == Profile::Calm) return;
  c.fault_mean_us = prng.between(200, 2500) * kMillisecond;
  c.heal_mean_us = prng.one_of<std::int64_t>({100, 500, 1500}) * kMillisecond;
  for (std::int64_t DerivedConfig::* weight :
       {&DerivedConfig::crash_weight,          &DerivedConfig::crash_all_weight,
        &DerivedConfig::crash_leader_weight,   &DerivedConfig::pause_weight,
        &DerivedConfig::pause_leader_weight,   &DerivedConfig::isolate_weight,
        &DerivedConfig::isolate_leader_weight, &DerivedConfig::split_weight,
        &DerivedConfig::one_way_weight,        &DerivedConfig::bridge_weight,
        &DerivedConfig::slow_disk_weight,      &DerivedConfig::drift_weight,
        &DerivedConfig::wall_jump_weight,      &DerivedConfig::shutdown_weight,
        &DerivedConfig::ring_weight,           &DerivedConfig::swizzle_weight,
        &DerivedConfig::slow_ack_weight,       &DerivedConfig::mono_jump_weight,
        &DerivedConfig::upgrade_weight,        &DerivedConfig::echo_weight}) {
    c.*weight = prng.chance(profile == Profile::Chaos ? 9 : 4, 10) ? prng.between(1, 4) : 0;
  }
  c.crash_weight += 1;  // so that the sum is above zero
  if (prng.chance(1, 3)) {
    for (std::int64_t DerivedConfig::* weight :
         {&DerivedConfig::damage_weight, &DerivedConfig::lose_state_weight,
          &DerivedConfig::kill_head_weight, &DerivedConfig::wipe_weight,
          &DerivedConfig::old_copy_weight, &DerivedConfig::full_disk_weight}) {
      c.*weight = prng.chance(1, 2) ? prng.between(1, 3) : 0;
    }
    c.damage_everywhere = prng.chance(1, 2);
    c.bad_witness_weight = prng.between(0, 3);
  }
  if (prng.chance(1, 2)) c.torn_ppm = 200'000;
  if (c.nodes >= 3 && prng.chance(1, 4)) c.figure8_weight = prng.between(1, 3);
  if (prng.chance(1, 5)) c.strike_new_leader_ppm = 200'000;
  if (c.lease_reads != 0 || prng.chance(1, 6)) c.stale_leader_weight = prng.between(1, 4);
  c.majority_first = prng.chance(1, 2);
  c.drift_lasts = prng.chance(1, 2);
  if (c.nodes == 5 && prng.chance(1, 3)) c.late_ack_weight = prng.between(1, 4);
  c.crash_keeps_all_weight = prng.between(0, 2);
  c.crash_keeps_none_weight = prng.between(1, 3);
  c.crash_keeps_some_weight = prng.between(0, 2);
}

// Streams of their own: what is drawn beside them is what these seeds have always drawn.
void draw_far_clocks(DerivedConfig& c, std::uint64_t seed, Profile profile) {
  Prng prng(seed, "far clocks");
  c.old_level = prng.between(1, static_cast<std::int64_t>(kNewestFeatureLevel) - 1);
  const bool leans = profile == Profile::Clocks;
  if (profile == Profile::Calm || !(leans || prng.chance(1, 2))) return;
  c.far_clocks = (c.nodes - 1) / 2;
  c.far_jump_weight = leans ? 12 : prng.between(1, 4);
}

Profile drawn_profile(Prng& prng) {
  // Half of the seeds lean nowhere.
  if (prng.chance(1, 2)) return Profile::Default;
  return static_cast<Profile>(1 + prng.below(kDrawnProfiles - 1));
}

// Keeps to RaftConfig's validate(), and to time-outs that a healthy cluster doesn't run into:
// below a few syncs and round trips elections never settle, which would prove nothing.
void make_possible(DerivedConfig& c) {
  c.max_inflight_bytes = std::max(c.max_inflight_bytes, c.max_append_bytes);
  c.keep_trailing_entries = std::min(c.keep_trailing_entries, c.compact_above_entries - 1);
  const std::int64_t sync = c.sync_min_us + Prng::kLongestAround * c.sync_mean_us;
  const std::int64_t round_trip = 2 * (c.delay_min_us + Prng::kLongestAround * c.delay_mean_us);
  // Whatever comes waits for the end of a turn: messages both ways, and what the disk has done.
  const std::int64_t slowest = round_trip + sync + c.timer_late_us + 4 * c.turn_us;
  // A write may wait for the sync before its own.
  c.disk_stall_us = std::max(c.disk_stall_us, 2 * sync);
  c.election_min_us = std::max(c.election_min_us, 2 * c.heartbeat_us + slowest);
  c.election_max_us = std::max(c.election_max_us, c.election_min_us * 12 / 10);
  c.snapshot_retry_us = c.election_min_us;
  c.spares = std::min<std::int64_t>(c.spares, kMaxSimNodes - c.nodes);
  // The leader's clock, and a voter's, may each be wrong by the drift; the bound is what is
  // promised. A jump is more than any bound allows.
  if (c.lease_reads != 0) {
    c.clock_drift_bound_ppm = std::max<std::int64_t>(c.drift_ppm, 1000);
    c.mono_jump_weight = 0;
  }
  // The clocks of a minority may become those of a majority where voters come and go.
  const bool same_voters = c.admin_mean_us == 0 && c.beyond_budget == 0;
  c.far_clocks = same_voters ? std::min(c.far_clocks, (c.nodes - 1) / 2) : 0;
  if (c.far_clocks == 0) c.far_jump_weight = 0;
  if (c.full_disk_weight > 0) c.min_free_bytes = 1 << 20;
  if (c.nodes + c.spares == 1) c.admin_mean_us = 0;
}

// Bounds within which a healed cluster must serve: a few elections with collisions, each of which
// waits for slow timers, syncs and messages; and a snapshot, one chunk for each round trip.
void set_liveness_bounds(DerivedConfig& c) {
  const std::int64_t round =
      2 * c.election_max_us + 20 * (Prng::kLongestAround * (c.delay_mean_us + c.sync_mean_us) +
                                    c.timer_late_us + 2 * c.turn_us);
  constexpr std::int64_t kLargestState = 1 << 20;
  const std::int64_t transfer = kLargestState / c.snapshot_chunk_bytes * 2 *
                                (c.delay_min_us + 2 * c.delay_mean_us + c.turn_us);
  c.serve_within_us = 10 * kSecond + 12 * round + 2 * transfer;
  c.converge_within_us = 10 * kSecond + 12 * round + transfer;
  c.steady_us = 4 * c.election_max_us;
  c.restore_within_us = 20 * kSecond + 3 * c.converge_within_us;
}

}  // namespace

std::string_view name_of(Profile profile) {
  return kProfileNames[static_cast<std::size_t>(profile)];
}

std::optional<Profile> profile_of(std::string_view name) {
  const auto* found = std::find(kProfileNames.begin(), kProfileNames.end(), name);
  if (found == kProfileNames.end()) return std::nullopt;
  return static_cast<Profile>(found - kProfileNames.begin());
}

void settle(DerivedConfig& config) {
  make_possible(config);
  set_liveness_bounds(config);
}

DerivedConfig derive(std::uint64_t seed, Profile profile, StorageKind storage) {
  Prng prng(seed, "config");
  const Profile leaning = drawn_profile(prng);
  if (profile == Profile::Default) profile = leaning;

  DerivedConfig config;
  draw_size(config, prng);
  draw_raft(config, prng);
  draw_network(config, prng);
  draw_disk(config, prng);
  draw_clocks(config, prng);
  draw_clients(config, prng);
  draw_operator(config, prng);
  draw_faults(config, prng, profile);
  lean(config, prng, profile);
  // A stream of its own: what is drawn beside it is what these seeds have always drawn.
  draw_turns(config, Prng(seed, "turns"));
  draw_bounds(config, Prng(seed, "bounds"));
  draw_manners(config, Prng(seed, "manners"));
  draw_past(config, seed);
  draw_far_clocks(config, seed, profile);
  config.max_apply_entries = Prng(seed, "apply").one_of<std::int64_t>({8, 32, 256});
  config.sqlite = storage == StorageKind::Sqlite ? 1 : 0;
  settle(config);
  return config;
}

}  // namespace confman::sim
