#include "sim/derived_config.hpp"

namespace confman::sim {

const std::vector<Knob>& knobs() {
  static const std::vector<Knob> kKnobs = {
      {"nodes", &DerivedConfig::nodes},
      {"clients", &DerivedConfig::clients},
      {"watchers", &DerivedConfig::watchers},
      {"chaos_us", &DerivedConfig::chaos_us},
      {"heartbeat_us", &DerivedConfig::heartbeat_us},
      {"election_min_us", &DerivedConfig::election_min_us},
      {"election_max_us", &DerivedConfig::election_max_us},
      {"max_append_entries", &DerivedConfig::max_append_entries},
      {"max_append_bytes", &DerivedConfig::max_append_bytes},
      {"max_inflight_appends", &DerivedConfig::max_inflight_appends},
      {"max_inflight_bytes", &DerivedConfig::max_inflight_bytes},
      {"max_uncommitted_entries", &DerivedConfig::max_uncommitted_entries},
      {"max_uncommitted_bytes", &DerivedConfig::max_uncommitted_bytes},
      {"compact_above_entries", &DerivedConfig::compact_above_entries},
      {"compact_above_bytes", &DerivedConfig::compact_above_bytes},
      {"keep_trailing_entries", &DerivedConfig::keep_trailing_entries},
      {"snapshot_chunk_bytes", &DerivedConfig::snapshot_chunk_bytes},
      {"snapshot_retry_us", &DerivedConfig::snapshot_retry_us},
      {"max_open_writes", &DerivedConfig::max_open_writes},
      {"max_open_reads", &DerivedConfig::max_open_reads},
      {"max_open_watches", &DerivedConfig::max_open_watches},
      {"unknown_after_leader_loss_us", &DerivedConfig::unknown_after_leader_loss_us},
      {"read_retry_us", &DerivedConfig::read_retry_us},
      {"delay_min_us", &DerivedConfig::delay_min_us},
      {"delay_mean_us", &DerivedConfig::delay_mean_us},
      {"delay_tail_ppm", &DerivedConfig::delay_tail_ppm},
      {"delay_tail_us", &DerivedConfig::delay_tail_us},
      {"loss_ppm", &DerivedConfig::loss_ppm},
      {"duplicate_ppm", &DerivedConfig::duplicate_ppm},
      {"fifo", &DerivedConfig::fifo},
      {"hold_when_cut", &DerivedConfig::hold_when_cut},
      {"through_codec", &DerivedConfig::through_codec},
      {"sync_min_us", &DerivedConfig::sync_min_us},
      {"sync_mean_us", &DerivedConfig::sync_mean_us},
      {"sync_tail_ppm", &DerivedConfig::sync_tail_ppm},
      {"sync_tail_us", &DerivedConfig::sync_tail_us},
      {"flush_mean_us", &DerivedConfig::flush_mean_us},
      {"build_mean_us", &DerivedConfig::build_mean_us},
      {"build_fail_ppm", &DerivedConfig::build_fail_ppm},
      {"install_mean_us", &DerivedConfig::install_mean_us},
      {"install_damage_ppm", &DerivedConfig::install_damage_ppm},
      {"drift_ppm", &DerivedConfig::drift_ppm},
      {"wall_offset_ms", &DerivedConfig::wall_offset_ms},
      {"timer_late_us", &DerivedConfig::timer_late_us},
      {"turn_us", &DerivedConfig::turn_us},
      {"fault_mean_us", &DerivedConfig::fault_mean_us},
      {"heal_mean_us", &DerivedConfig::heal_mean_us},
      {"crash_weight", &DerivedConfig::crash_weight},
      {"crash_all_weight", &DerivedConfig::crash_all_weight},
      {"crash_leader_weight", &DerivedConfig::crash_leader_weight},
      {"figure8_weight", &DerivedConfig::figure8_weight},
      {"pause_weight", &DerivedConfig::pause_weight},
      {"pause_leader_weight", &DerivedConfig::pause_leader_weight},
      {"isolate_weight", &DerivedConfig::isolate_weight},
      {"isolate_leader_weight", &DerivedConfig::isolate_leader_weight},
      {"split_weight", &DerivedConfig::split_weight},
      {"one_way_weight", &DerivedConfig::one_way_weight},
      {"bridge_weight", &DerivedConfig::bridge_weight},
      {"slow_disk_weight", &DerivedConfig::slow_disk_weight},
      {"drift_weight", &DerivedConfig::drift_weight},
      {"wall_jump_weight", &DerivedConfig::wall_jump_weight},
      {"shutdown_weight", &DerivedConfig::shutdown_weight},
      {"strike_new_leader_ppm", &DerivedConfig::strike_new_leader_ppm},
      {"crash_keeps_all_weight", &DerivedConfig::crash_keeps_all_weight},
      {"crash_keeps_none_weight", &DerivedConfig::crash_keeps_none_weight},
      {"crash_keeps_some_weight", &DerivedConfig::crash_keeps_some_weight},
      {"think_mean_us", &DerivedConfig::think_mean_us},
      {"op_timeout_us", &DerivedConfig::op_timeout_us},
      {"namespaces", &DerivedConfig::namespaces},
      {"keys", &DerivedConfig::keys},
      {"put_weight", &DerivedConfig::put_weight},
      {"put_if_version_weight", &DerivedConfig::put_if_version_weight},
      {"put_if_absent_weight", &DerivedConfig::put_if_absent_weight},
      {"delete_weight", &DerivedConfig::delete_weight},
      {"namespace_weight", &DerivedConfig::namespace_weight},
      {"get_weight", &DerivedConfig::get_weight},
      {"get_stale_weight", &DerivedConfig::get_stale_weight},
      {"get_bounded_weight", &DerivedConfig::get_bounded_weight},
      {"get_own_write_weight", &DerivedConfig::get_own_write_weight},
      {"list_weight", &DerivedConfig::list_weight},
      {"idempotency_ppm", &DerivedConfig::idempotency_ppm},
      {"redirect_ppm", &DerivedConfig::redirect_ppm},
      {"impatient_ppm", &DerivedConfig::impatient_ppm},
      {"watch_timeout_us", &DerivedConfig::watch_timeout_us},
      {"majority_first", &DerivedConfig::majority_first},
      {"serve_within_us", &DerivedConfig::serve_within_us},
      {"converge_within_us", &DerivedConfig::converge_within_us},
      {"steady_us", &DerivedConfig::steady_us},
      {"forge_at_event", &DerivedConfig::forge_at_event},
      {"forge_at_write", &DerivedConfig::forge_at_write},
  };
  return kKnobs;
}

std::string to_string(const DerivedConfig& config) {
  std::string text;
  for (const Knob& knob : knobs()) {
    if (!text.empty()) text += ' ';
    text += knob.name;
    text += '=';
    text += std::to_string(config.*knob.field);
  }
  return text;
}

}  // namespace confman::sim
