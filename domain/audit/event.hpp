#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "domain/audit/action.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// One audit event: an accepted or refused change. Values stand in the Version table; the event
// binds them by digest, so the trail can't be rewritten by rewriting a value.
struct AuditRow {
  Revision revision;
  std::uint32_t ordinal{};
  HlcStamp stamp;
  Action action{};
  std::optional<Refusal> refusal;  // nothing was changed
  Actor actor;
  std::string path;
  std::string key;                             // empty for namespace actions
  std::uint64_t previous_version{};            // 0: there was none
  std::uint64_t new_version{};                 // 0: there is none
  std::optional<Sha256Digest> previous_value;  // digest_of(), entries/entry.hpp
  std::optional<Sha256Digest> new_value;
  std::string request_id;
  // SHA-256 over the previous event's chain value and this event's encoding without its own.
  Sha256Digest chain{};
  // Of a rollback: the version whose content was to be published again; 0: none, or not known.
  std::uint64_t restored_version{};
  std::string key_id;              // of the API key it came with; empty: none, or not known
  std::uint64_t change_request{};  // that it belongs to; 0: none
  // Which of the digests is keyed, since the value is a secret: kPreviousIsKeyed, kNewIsKeyed.
  std::uint64_t keyed{};

  static constexpr std::uint64_t kPreviousIsKeyed = 1;
  static constexpr std::uint64_t kNewIsKeyed = 2;

  static constexpr Field kChainField{18, "chain"};

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    for_each_field_before_chain(row, visit);
    visit(kChainField, row.chain);
    for_each_field_behind_chain(row, visit);
  }
  // The chain value covers both. Events from before there were fields behind it had none of them,
  // so their chain values are what they were.
  template <class Self, class Visit>
  static void for_each_field_behind_chain(Self& row, Visit&& visit) {
    visit(Field{19, "restored_version"}, row.restored_version);
    visit(Text{20, "key_id", kMaxApiKeyIdBytes}, row.key_id);
    visit(Field{21, "change_request"}, row.change_request);
    visit(Field{22, "keyed"}, row.keyed);
  }
  template <class Self, class Visit>
  static void for_each_field_before_chain(Self& row, Visit&& visit) {
    visit(Field{1, "revision"}, row.revision);
    visit(Field{3, "ordinal"}, row.ordinal);
    visit(Field{4, "stamp"}, row.stamp);
    visit(Field{6, "action"}, row.action);
    visit(Field{7, "refusal"}, row.refusal);
    visit(Field{8, "actor"}, row.actor);
    visit(Text{11, "path", kMaxPathBytes}, row.path);
    visit(Text{12, "key", kMaxKeyBytes}, row.key);
    visit(Field{13, "previous_version"}, row.previous_version);
    visit(Field{14, "new_version"}, row.new_version);
    visit(Field{15, "previous_value"}, row.previous_value);
    visit(Field{16, "new_value"}, row.new_value);
    visit(Text{17, "request_id", kMaxRequestIdBytes}, row.request_id);
  }
  std::optional<DecodeFault> fault() const {
    return action == Action{} ? std::optional(DecodeFault::UnknownKind) : std::nullopt;
  }
  friend bool operator==(const AuditRow&, const AuditRow&) = default;
};

// "evt_<index>_<ordinal>": from the log position, so that replay never duplicates.
std::string audit_id(const AuditRow& row);
// The chain value that `row` must carry when the event before it has `previous`.
Sha256Digest chain_after(const Sha256Digest& previous, const AuditRow& row);
// Sets row.chain to that value and encodes the row, in one go.
Bytes encode_chained(const Sha256Digest& previous, AuditRow& row);

namespace keys {

struct AuditKey {
  std::uint64_t index{};
  std::uint32_t ordinal{};

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("log_index", key.index);
    visit("ordinal", key.ordinal);
  }
};
Bytes of_audit(std::uint64_t index, std::uint32_t ordinal);
std::optional<AuditKey> parse_audit(ByteView key);

}  // namespace keys

struct AuditTable {
  static constexpr Table kTable = Table::Audit;
  static constexpr const char* kName = "audit";
  static constexpr bool kDerived = false;
  using Key = keys::AuditKey;
  using Row = AuditRow;
  static bool fits(const Key&, const Row&) { return true; }
};

Bytes encode(const AuditRow&);
std::expected<AuditRow, DecodeFault> decode_audit_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
