#include "domain/cluster/cluster.hpp"

#include <algorithm>

#include "domain/codec/must_decode.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

void put_cluster(StateWriter& state, const StateStore& store, const ClusterRow& row) {
  const auto old = store.get(Table::Cluster, keys::kCluster);
  if (old) {
    state.replace(Table::Cluster, keys::kCluster, *old, encode(row));
  } else {
    state.insert(Table::Cluster, keys::kCluster, encode(row));
  }
}

}  // namespace

Bytes encode(const ClusterRow& row) {
  return encode_record(row);
}

std::expected<ClusterRow, DecodeFault> decode_cluster_row(ByteView bytes, bool* complete) {
  return decode_record<ClusterRow>(bytes, complete);
}

ClusterRow cluster_of(const StateStore& store) {
  const auto row = store.get(Table::Cluster, keys::kCluster);
  return row ? must_decode(decode_cluster_row(*row)) : ClusterRow{};
}

Bytes encode(const MemberNote& note) {
  return encode_record(note);
}

std::expected<MemberNote, DecodeFault> decode_member_note(ByteView bytes) {
  return decode_record<MemberNote>(bytes);
}

void apply_membership(StateStore& store, const LogPosition& position, ByteView membership,
                      ByteView note) {
  StateWriter state(store);
  state.advance_to(position);
  ClusterRow row = cluster_of(store);
  row.membership = membership;
  row.named_at = position.revision();
  put_cluster(state, store, row);
  if (const auto who = decode_member_note(note); who && who->stamp.wall_ms >= 0) {
    AuditRow event;
    event.revision = position.revision();
    event.stamp = who->stamp;
    if (row.feature_level >= kStrictStamps) {
      event.stamp = state.advance_time(who->stamp);
    } else {
      state.meta().last_stamp = std::max(state.meta().last_stamp, who->stamp);
    }
    event.action = who->action;
    event.actor = who->actor;
    event.path = "/";
    event.key = who->member;
    event.request_id = who->request_id;
    state.add_event(std::move(event));
  }
  state.finish();
}

void apply_feature_level(StateStore& store, const LogPosition& position, std::uint64_t level) {
  StateWriter state(store);
  state.advance_to(position);
  ClusterRow row = cluster_of(store);
  row.feature_level = std::max(row.feature_level, level);
  put_cluster(state, store, row);
  state.finish();
}

}  // namespace confman::domain
