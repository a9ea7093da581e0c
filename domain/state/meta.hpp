#pragma once

#include <cstdint>
#include <expected>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/decode_fault.hpp"
#include "domain/codec/record.hpp"
#include "domain/model/revision.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// What is known of the state as a whole.
struct MetaRow {
  Revision applied;
  std::uint64_t log_chain{};   // LogPosition::chain of it
  HlcStamp last_stamp;         // greatest stamp applied: what log time is
  std::uint64_t digest_low{};  // sums over all rows but this one, see digest.hpp
  std::uint64_t digest_high{};
  Sha256Digest audit_head{};  // chain value of the newest event; zero before the first
  std::uint64_t audit_events{};
  std::uint64_t live_entries{};
  std::uint64_t namespaces{};
  std::uint64_t outcomes{};
  std::int64_t oldest_outcome_ms{};  // log time before which no outcome expires
  // Nobody may do anything without an API key: a bootstrap key was minted.
  bool closed{};
  std::uint64_t access_changed{};  // index of the last change to who may do what
  std::uint64_t api_keys{};
  std::uint64_t roles{};
  std::uint64_t assignments{};
  std::uint64_t policies{};
  std::uint64_t open_requests{};
  std::uint64_t due_requests{};  // that are on the schedule
  std::uint64_t schemas{};       // that there ever were; without any nobody keeps `content_changed`
  std::uint64_t bindings{};      // namespaces that bind schemas of their own
  std::uint64_t data_keys{};     // namespaces that ever had a secret
  std::uint64_t quotas{};
  std::uint64_t retentions{};
  std::uint64_t restore_points{};
  std::uint64_t chores{};

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "applied"}, row.applied);
    visit(Field{3, "stamp"}, row.last_stamp);
    visit(Field{5, "digest_low"}, row.digest_low);
    visit(Field{6, "digest_high"}, row.digest_high);
    visit(Field{7, "audit_head"}, row.audit_head);
    visit(Field{8, "audit_events"}, row.audit_events);
    visit(Field{9, "live_entries"}, row.live_entries);
    visit(Field{10, "namespaces"}, row.namespaces);
    visit(Field{11, "outcomes"}, row.outcomes);
    visit(Field{12, "log_chain"}, row.log_chain);
    visit(Field{13, "oldest_outcome_ms"}, row.oldest_outcome_ms);
    visit(Field{14, "closed"}, row.closed);
    visit(Field{15, "access_changed"}, row.access_changed);
    visit(Field{16, "api_keys"}, row.api_keys);
    visit(Field{17, "roles"}, row.roles);
    visit(Field{18, "assignments"}, row.assignments);
    visit(Field{19, "policies"}, row.policies);
    visit(Field{20, "open_requests"}, row.open_requests);
    visit(Field{21, "schemas"}, row.schemas);
    visit(Field{22, "bindings"}, row.bindings);
    visit(Field{23, "due_requests"}, row.due_requests);
    visit(Field{24, "data_keys"}, row.data_keys);
    visit(Field{40, "quotas"}, row.quotas);
    visit(Field{41, "retentions"}, row.retentions);
    visit(Field{42, "restore_points"}, row.restore_points);
    visit(Field{43, "chores"}, row.chores);
  }
  friend bool operator==(const MetaRow&, const MetaRow&) = default;
};

namespace keys {
inline constexpr ByteView kMeta = "meta";
}

struct MetaTable {
  static constexpr Table kTable = Table::Meta;
  static constexpr const char* kName = "meta";
  static constexpr bool kDerived = false;
  using Key = keys::OnlyKey;
  using Row = MetaRow;
  static bool fits(const Key& key, const Row&) { return key.name == keys::kMeta; }
};

Bytes encode(const MetaRow&);
std::expected<MetaRow, DecodeFault> decode_meta_row(ByteView, bool* complete = nullptr);

// A store without one is at revision 0:0.
MetaRow meta_of(const StateStore& store);

}  // namespace confman::domain
