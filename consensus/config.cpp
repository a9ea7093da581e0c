#include "consensus/config.hpp"

#include "consensus/wire.hpp"

namespace confman::consensus {

std::expected<void, std::string> validate(const RaftConfig& c) {
  const auto refuse = [](const char* sentence) { return std::unexpected(std::string(sentence)); };
  if (!c.self.member) return refuse("self.member must not be 0");
  if (!well_formed(c.founders) || c.founders.joint()) {
    return refuse(
        "founders must have 1 to 16 members, ids ascending, unique and not 0, and a voter");
  }
  if (c.heartbeat_interval.us <= 0) return refuse("heartbeat_interval must be positive");
  if (c.heartbeat_interval * 3 > c.election_timeout_min) {
    return refuse("heartbeat_interval must be at most a third of election_timeout_min");
  }
  if (c.election_timeout_min >= c.election_timeout_max) {
    return refuse("election_timeout_min must be less than election_timeout_max");
  }
  if (c.max_append_entries < 1 || c.max_append_entries > kMaxAppendEntries) {
    return refuse("max_append_entries must be from 1 to kMaxAppendEntries");
  }
  if (c.max_append_bytes < 1 || c.max_append_bytes > kMaxAppendBytes) {
    return refuse("max_append_bytes must be from 1 to kMaxAppendBytes");
  }
  if (c.max_inflight_appends < 1) return refuse("max_inflight_appends must be at least 1");
  if (c.max_apply_entries < 1) return refuse("max_apply_entries must be at least 1");
  if (c.max_inflight_bytes < c.max_append_bytes) {
    return refuse("max_inflight_bytes must be at least max_append_bytes");
  }
  if (c.max_uncommitted_bytes < 1 || c.max_uncommitted_entries < 1) {
    return refuse("max_uncommitted_bytes and max_uncommitted_entries must be at least 1");
  }
  if (c.compact_above_entries < 1 || c.compact_above_bytes < 1) {
    return refuse("compact_above_entries and compact_above_bytes must be at least 1");
  }
  if (c.keep_trailing_entries >= c.compact_above_entries) {
    return refuse("keep_trailing_entries must be less than compact_above_entries");
  }
  if (c.snapshot_chunk_bytes < 1 || c.snapshot_chunk_bytes > kMaxSnapshotChunkBytes) {
    return refuse("snapshot_chunk_bytes must be from 1 to kMaxSnapshotChunkBytes");
  }
  if (c.snapshot_retry.us <= 0) return refuse("snapshot_retry must be positive");
  if (c.max_clock_drift_ppm < 0 || c.max_clock_drift_ppm >= 1'000'000) {
    return refuse("max_clock_drift_ppm must be from 0 to 999,999");
  }
  if (c.min_free_bytes > c.resume_free_bytes) {
    return refuse("resume_free_bytes must not be less than min_free_bytes");
  }
  if (c.disk_stall.us <= 0) return refuse("disk_stall must be positive");
  if (c.max_feature_level < kFirstFeatureLevel || c.max_feature_level > kNewestFeatureLevel) {
    return refuse("max_feature_level must be one that this build knows");
  }
  return {};
}

}  // namespace confman::consensus
