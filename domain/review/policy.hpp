#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/query/page.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

// What publishing takes in a namespace: who has to agree, when nothing goes live, and who may pass
// over that; and what reading takes. A policy holds in its namespace and below, down to namespaces
// that have their own.
namespace confman::domain {

// The terms as people set them. Lists are sorted, without doubles, with commas between.
struct PolicyTerms {
  std::uint64_t approvals{};         // 0 to kMaxApprovals
  std::string groups;                // "group:payments": a member of each must be among them
  bool approver_must_not_publish{};  // who approved leaves publishing to others
  bool publish_on_approval{};        // the last approval publishes, if its giver may
  bool rollback_needs_approval{};    // else a rollback to a published version is instant
  std::int64_t lifetime_ms{};        // of a request from its submission; 0: the default
  std::string emergency;             // principals who may publish without approvals
  std::string freezes;               // join_windows(): when nothing is published
  bool note_readings{};              // each reading of a secret is an event

  template <class Self, class Visit>
  static void for_each_field(Self& terms, Visit&& visit) {
    visit(Field{40, "approvals"}, terms.approvals);
    visit(Text{41, "approver_groups", kMaxRequiredGroups * (kMaxPrincipalBytes + 1)}, terms.groups);
    visit(Field{42, "approver_must_not_publish"}, terms.approver_must_not_publish);
    visit(Field{43, "publish_on_approval"}, terms.publish_on_approval);
    visit(Field{44, "rollback_needs_approval"}, terms.rollback_needs_approval);
    visit(Field{45, "lifetime_ms"}, terms.lifetime_ms);
    visit(Text{46, "emergency", kMaxEmergencyPrincipals * (kMaxPrincipalBytes + 1)},
          terms.emergency);
    visit(Text{47, "freezes", kMaxFreezeWindowsBytes}, terms.freezes);
    visit(Field{48, "note_readings"}, terms.note_readings);
  }
  friend bool operator==(const PolicyTerms&, const PolicyTerms&) = default;
};

// Milliseconds since 1970, of log time. `from` is in it, `to` isn't.
struct FreezeWindow {
  std::int64_t from_ms{};
  std::int64_t to_ms{};

  bool holds(std::int64_t ms) const { return from_ms <= ms && ms < to_ms; }
  friend auto operator<=>(const FreezeWindow&, const FreezeWindow&) = default;
};
// "1767225600000-1767312000000,…" in ascending order. Nothing, if that is malformed or empty of
// time.
std::optional<std::vector<FreezeWindow>> parse_windows(std::string_view text);
std::string join_windows(std::vector<FreezeWindow> windows);
std::optional<FreezeWindow> frozen_at(const PolicyTerms& terms, std::int64_t ms);

struct PolicyRow {
  Revision revision;
  Actor author;
  HlcStamp updated_at;
  PolicyTerms terms;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "revision"}, row.revision);
    visit(Field{3, "author"}, row.author);
    visit(Field{6, "updated"}, row.updated_at);
    PolicyTerms::for_each_field(row.terms, visit);
  }
  friend bool operator==(const PolicyRow&, const PolicyRow&) = default;
};

namespace keys {

struct PolicyKey {
  std::string_view path;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
  }
};
inline Bytes of_policy(std::string_view path) {
  return Bytes(path);
}

}  // namespace keys

struct PolicyTable {
  static constexpr Table kTable = Table::Policy;
  static constexpr const char* kName = "policies";
  static constexpr bool kDerived = false;
  using Key = keys::PolicyKey;
  using Row = PolicyRow;
  static bool fits(const Key& key, const Row& row) {
    return check_path(key.path).has_value() && parse_windows(row.terms.freezes);
  }
};

Bytes encode(const PolicyRow&);
std::expected<PolicyRow, DecodeFault> decode_policy_row(ByteView, bool* complete = nullptr);

// Its version is the log index of its last change.
std::expected<PolicyRow, QueryFault> find_policy(const StateStore&, std::string_view path);

// What holds in a namespace, which needn't be there, and where it was set.
struct EffectivePolicy {
  std::string from;  // empty: nowhere, nothing is asked
  PolicyRow row;

  const PolicyTerms& terms() const { return row.terms; }
};
// Looks at no more rows than the path has levels; at none in a state without policies
// (MetaRow::policies).
EffectivePolicy policy_at(const StateStore&, std::uint64_t policies, std::string_view path);

}  // namespace confman::domain
