#include "sim/seed/lean.hpp"

#include <algorithm>

namespace confman::sim {
namespace {

constexpr std::int64_t kMillisecond = 1000;
constexpr std::int64_t kSecond = 1'000'000;

}  // namespace

void lean(DerivedConfig& c, Prng& prng, Profile profile) {
  constexpr std::int64_t kHeavy = 12;
  switch (profile) {
    case Profile::Default:
    case Profile::Chaos:
      break;
    case Profile::Calm:
      c.loss_ppm = c.duplicate_ppm = c.delay_tail_ppm = c.sync_tail_ppm = 0;
      c.build_fail_ppm = c.install_damage_ppm = c.drift_ppm = 0;
      break;
    case Profile::Partition:
      c.nodes = std::max<std::int64_t>(c.nodes, 3);
      c.isolate_weight = c.isolate_leader_weight = c.split_weight = kHeavy;
      c.one_way_weight = c.bridge_weight = kHeavy;
      if (prng.chance(1, 3)) {
        c.nodes = 5;
        c.spares = 0;
        c.late_ack_weight = 4 * kHeavy;
      }
      break;
    case Profile::Election:
      c.nodes = std::max<std::int64_t>(c.nodes, 3);
      c.crash_leader_weight = c.isolate_leader_weight = kHeavy;
      c.strike_new_leader_ppm = prng.one_of<std::int64_t>({100'000, 500'000});
      c.election_max_us = c.election_min_us * 12 / 10;  // collisions
      c.fault_mean_us = std::min<std::int64_t>(c.fault_mean_us, 900 * kMillisecond);
      break;
    case Profile::Figure8:
      c.nodes = 5;
      c.figure8_weight = 3 * kHeavy;
      c.max_append_entries = prng.one_of<std::int64_t>({1, 1, 4});
      c.max_inflight_appends = prng.one_of<std::int64_t>({1, 2});
      c.strike_new_leader_ppm = prng.one_of<std::int64_t>({100'000, 400'000});
      c.think_mean_us = 20 * kMillisecond;
      c.fault_mean_us = prng.between(300, 900) * kMillisecond;
      break;
    case Profile::Disk:
      c.sync_mean_us = prng.one_of<std::int64_t>({2000, 10'000, 20'000});
      c.sync_tail_ppm = 50'000;
      c.sync_tail_us = prng.between(100, 800) * kMillisecond;
      c.slow_disk_weight = c.crash_leader_weight = c.crash_weight = c.slow_ack_weight = kHeavy;
      c.crash_keeps_none_weight = 4;
      c.election_min_us = std::max<std::int64_t>(c.election_min_us, 200 * kMillisecond);
      c.election_max_us = c.election_min_us * 2;
      break;
    case Profile::Snapshot:
      c.nodes = std::max<std::int64_t>(c.nodes, 3);
      c.compact_above_entries = prng.one_of<std::int64_t>({3, 8, 20});
      c.keep_trailing_entries = prng.between(0, c.compact_above_entries / 2);
      c.snapshot_chunk_bytes = prng.one_of<std::int64_t>({1 << 11, 1 << 13});
      c.isolate_weight = c.crash_weight = c.pause_weight = kHeavy;
      c.flush_mean_us = prng.one_of<std::int64_t>({5, 50}) * kMillisecond;
      c.think_mean_us = 50 * kMillisecond;
      break;
    case Profile::Clocks:
      c.drift_ppm = prng.one_of<std::int64_t>({10'000, 50'000, 100'000, 200'000});
      if (prng.chance(1, 2)) c.election_max_us = c.election_min_us * 12 / 10;
      c.wall_offset_ms = 600'000;
      c.pause_weight = c.pause_leader_weight = c.drift_weight = c.wall_jump_weight = kHeavy;
      c.mono_jump_weight = kHeavy;
      c.timer_late_us = prng.one_of<std::int64_t>({500, 20'000, 60'000});
      break;
    case Profile::Members:
      c.nodes = prng.between(1, 4);
      c.spares = prng.between(1, 3);
      c.old_programs = 0;
      c.admin_mean_us = prng.one_of<std::int64_t>({100, 300, 1000}) * kMillisecond;
      c.add_weight = c.promote_weight = prng.between(2, 6);
      c.demote_weight = c.remove_weight = prng.between(1, 4);
      c.transfer_weight = prng.between(0, 2);
      c.admin_after_election_ppm = prng.one_of<std::int64_t>({0, 300'000, 900'000});
      c.wipe_weight = prng.one_of<std::int64_t>({0, 3, kHeavy});
      c.deaf_founder = prng.below(2);
      break;
    case Profile::Damage:
      c.nodes = std::max<std::int64_t>(c.nodes, 3);
      c.damage_weight = kHeavy;
      c.damage_everywhere = prng.chance(1, 2);
      c.crash_weight = c.crash_all_weight = kHeavy / 2;
      c.torn_ppm = 300'000;
      c.bad_witness_weight = kHeavy;
      c.lose_state_weight = prng.between(0, 3);
      c.wipe_weight = c.damage_everywhere != 0 ? 0 : prng.between(0, 2);
      break;
    case Profile::Beyond:
      c.beyond_budget = 1;
      c.damage_weight = c.wipe_weight = kHeavy / 2;
      c.lose_state_weight = c.kill_head_weight = c.old_copy_weight = kHeavy / 4;
      c.crash_all_weight = kHeavy / 2;
      c.deaf_founder = prng.below(2);
      break;
    case Profile::Lease:
      c.nodes = std::max<std::int64_t>(c.nodes, 3);
      c.lease_reads = 1;
      c.drift_ppm = prng.one_of<std::int64_t>({1000, 50'000, 200'000});
      // A new leader is elected soon, and many are there to see what the former one reads.
      c.delay_mean_us = prng.one_of<std::int64_t>({300, 1000});
      c.sync_mean_us = prng.one_of<std::int64_t>({100, 500});
      c.timer_late_us = c.turn_us = 0;
      c.election_min_us = c.heartbeat_us * prng.between(4, 8);
      c.election_max_us = c.election_min_us * 12 / 10;
      c.clients = 6;
      c.readers = 3;
      c.get_weight = c.put_weight = 30;
      c.think_mean_us = 10 * kMillisecond;
      c.keys = prng.one_of<std::int64_t>({1, 3});
      c.chaos_us = prng.between(6, 12) * kSecond;
      c.pause_leader_weight = c.isolate_leader_weight = kHeavy;
      c.stale_leader_weight = 2 * kHeavy;
      c.one_way_weight = c.crash_weight = kHeavy / 4;
      c.admin_mean_us = 500 * kMillisecond;
      c.transfer_weight = prng.between(2, 6);
      c.add_weight = 1;
      c.fault_mean_us = prng.between(300, 1000) * kMillisecond;
      c.heal_mean_us = prng.one_of<std::int64_t>({500, 1500}) * kMillisecond;
      break;
    case Profile::Keep:
      c.keep_weight = prng.one_of<std::int64_t>({1, 2});
      [[fallthrough]];
    case Profile::Review:
      c.review_weight = prng.one_of<std::int64_t>({1, 2});
      [[fallthrough]];
    case Profile::Access:
      c.access_weight = prng.one_of<std::int64_t>({1, 2, 4});
      c.mint_weight = prng.one_of<std::int64_t>({1, 1, 4});
      c.clients = std::max<std::int64_t>(c.clients, 3);
      c.watchers = prng.between(1, 3);
      c.namespaces = prng.between(2, 3);
      c.readers = std::min<std::int64_t>(c.readers, 1);
      c.namespace_weight = std::max<std::int64_t>(c.namespace_weight, 2);
      c.list_weight = std::max<std::int64_t>(c.list_weight, 2);
      // An old program keeps the whole cluster from it until it is replaced.
      if (!prng.chance(1, 8)) c.old_programs = 0;
      if (prng.chance(1, 3)) c.fault_mean_us = 0;
      break;
  }
}

}  // namespace confman::sim
