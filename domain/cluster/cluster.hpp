#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"

// What the state machine keeps about its own cluster: who the members are, as far as the log has
// been applied, and what all of them can apply. A snapshot carries it, so that whoever starts from
// one knows both.
namespace confman::domain {

struct ClusterRow {
  Bytes membership;   // opaque: an encoded consensus::Membership; empty before the first
  Revision named_at;  // of the entry that named it
  std::uint64_t feature_level = kFirstFeatureLevel;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Blob{1, "membership", kMaxMembershipBytes}, row.membership);
    visit(Field{2, "named_at"}, row.named_at);
    visit(Field{4, "feature_level"}, row.feature_level);
  }
  friend bool operator==(const ClusterRow&, const ClusterRow&) = default;
};

namespace keys {
inline constexpr ByteView kCluster = "cluster";
}

struct ClusterTable {
  static constexpr Table kTable = Table::Cluster;
  static constexpr const char* kName = "cluster";
  static constexpr bool kDerived = false;
  using Key = keys::OnlyKey;
  using Row = ClusterRow;
  static bool fits(const Key& key, const Row&) { return key.name == keys::kCluster; }
};

Bytes encode(const ClusterRow&);
std::expected<ClusterRow, DecodeFault> decode_cluster_row(ByteView, bool* complete = nullptr);

ClusterRow cluster_of(const StateStore& store);

// Who changed the members, and how: travels with the change and becomes its audit event.
struct MemberNote {
  HlcStamp stamp;  // by the proposing leader
  Actor actor;
  std::string request_id;
  Action action{};     // one of Member…
  std::string member;  // its name

  template <class Self, class Visit>
  static void for_each_field(Self& note, Visit&& visit) {
    visit(Field{1, "stamp"}, note.stamp);
    visit(Field{3, "actor"}, note.actor);
    visit(Text{6, "request_id", kMaxRequestIdBytes}, note.request_id);
    visit(Field{7, "action"}, note.action);
    visit(Text{8, "member", kMaxKeyBytes}, note.member);
  }
  std::optional<DecodeFault> fault() const {
    return changes(Changed::Member, action) ? std::nullopt
                                            : std::optional(DecodeFault::UnknownKind);
  }
  friend bool operator==(const MemberNote&, const MemberNote&) = default;
};
Bytes encode(const MemberNote&);
std::expected<MemberNote, DecodeFault> decode_member_note(ByteView);

// A log entry that names a configuration is applied, in its place like a command. `note` is an
// encoded MemberNote, or empty where a leader acts by itself; what doesn't decode is no event.
void apply_membership(StateStore& store, const LogPosition& position, ByteView membership,
                      ByteView note);
// A log entry that raises the feature level.
void apply_feature_level(StateStore& store, const LogPosition& position, std::uint64_t level);

}  // namespace confman::domain
