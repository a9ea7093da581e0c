#include "domain/cluster.hpp"

#include <algorithm>

#include "domain/apply.hpp"
#include "domain/base/assert.hpp"
#include "domain/decide.hpp"
#include "domain/limits.hpp"
#include "domain/state_writer.hpp"
#include "domain/wire_fields.hpp"

namespace confman::domain {
namespace {

constexpr std::uint8_t kFormat = 1;

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
  Bytes bytes;
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.bytes(1, row.membership);
  out.revision(2, row.named_at);
  out.number(4, row.feature_level);
  return bytes;
}

std::expected<ClusterRow, DecodeFault> decode_cluster_row(ByteView bytes, bool* complete) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  ClusterRow row;
  row.membership = in.bytes(1, kMaxMembershipBytes);
  row.named_at = in.revision(2);
  row.feature_level = in.number(4);
  if (const auto ok = in.finish(); !ok) return std::unexpected(ok.error());
  if (complete != nullptr) *complete = !in.skipped();
  return row;
}

ClusterRow cluster_of(const StateStore& store) {
  const auto row = store.get(Table::Cluster, keys::kCluster);
  return row ? must_decode(decode_cluster_row(*row)) : ClusterRow{};
}

Bytes encode(const MemberNote& note) {
  Bytes bytes;
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.stamp(1, note.stamp);
  out.actor(3, note.actor);
  out.bytes(6, note.request_id);
  out.number(7, static_cast<std::uint64_t>(note.action));
  out.bytes(8, note.member);
  return bytes;
}

std::expected<MemberNote, DecodeFault> decode_member_note(ByteView bytes) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  MemberNote note;
  note.stamp = in.stamp(1);
  note.actor = in.actor(3);
  note.request_id = in.bytes(6, kMaxRequestIdBytes);
  note.action = static_cast<Action>(in.number(7, static_cast<std::uint64_t>(kLastAction)));
  note.member = in.bytes(8, kMaxKeyBytes);
  if (note.action < kFirstMemberAction) in.fail(DecodeFault::UnknownKind);
  if (const auto ok = in.finish(); !ok) return std::unexpected(ok.error());
  return note;
}

Decision decide(StateWriter&, const Act&, const NoteRefusedChange& command) {
  Decision decision;
  decision.action = command.action;
  decision.refusal = command.refusal;
  return decision;
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
