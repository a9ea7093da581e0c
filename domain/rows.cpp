#include "domain/rows.hpp"

#include <charconv>

#include "domain/base/assert.hpp"
#include "domain/limits.hpp"
#include "domain/wire_fields.hpp"

namespace confman::domain {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxReplyBytes = 64;
constexpr std::uint64_t kChainField = 18;  // behind all that it covers

// All of an event but its chain value: what the chain value is taken over.
Bytes encode_unchained(const AuditRow& row) {
  constexpr std::size_t kSizeHint = 256;
  Bytes bytes;
  bytes.reserve(kSizeHint + row.path.size() + row.key.size());
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.revision(1, row.revision);
  out.number(3, row.ordinal);
  out.stamp(4, row.stamp);
  out.number(6, static_cast<std::uint64_t>(row.action));
  out.refusal(7, row.refusal);
  out.actor(8, row.actor);
  out.bytes(11, row.path);
  out.bytes(12, row.key);
  out.number(13, row.previous_version);
  out.number(14, row.new_version);
  out.optional_digest(15, row.previous_value);
  out.optional_digest(16, row.new_value);
  out.bytes(17, row.request_id);
  return bytes;
}

Sha256Digest chain_over(const Sha256Digest& previous, ByteView unchained) {
  Sha256 hash;
  hash.update(as_view(previous));
  hash.update(unchained);
  return hash.finish();
}

template <class Row>
std::expected<Row, DecodeFault> verdict(FieldReader& in, Row row, bool* complete) {
  if (const auto end = in.finish(); !end) return std::unexpected(end.error());
  if (complete != nullptr) *complete = !in.skipped();
  return row;
}

// A number of text without sign or leading zeros.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t v = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, v);
  if (error != std::errc{} || at != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return v;
}

}  // namespace

std::string to_string(Revision revision) {
  return std::to_string(revision.term) + ":" + std::to_string(revision.index);
}

std::optional<Revision> parse_revision(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const auto term = parse_number(text.substr(0, colon));
  const auto index = parse_number(text.substr(colon + 1));
  if (!term || !index) return std::nullopt;
  return Revision{*term, *index};
}

std::string_view name_of(Action action) {
  switch (action) {
    case Action::ConfigCreated:
      return "config.created";
    case Action::ConfigUpdated:
      return "config.updated";
    case Action::ConfigDeleted:
      return "config.deleted";
    case Action::NamespaceCreated:
      return "namespace.created";
    case Action::NamespaceUpdated:
      return "namespace.updated";
    case Action::NamespaceDeleted:
      return "namespace.deleted";
    case Action::MemberAdded:
      return "member.added";
    case Action::MemberPromoted:
      return "member.promoted";
    case Action::MemberDemoted:
      return "member.demoted";
    case Action::MemberRemoved:
      return "member.removed";
  }
  CONFMAN_UNREACHABLE("An action has no name.");
}

std::string audit_id(const AuditRow& row) {
  return "evt_" + std::to_string(row.revision.index) + "_" + std::to_string(row.ordinal);
}

Sha256Digest chain_after(const Sha256Digest& previous, const AuditRow& row) {
  return chain_over(previous, encode_unchained(row));
}

Bytes encode_chained(const Sha256Digest& previous, AuditRow& row) {
  Bytes bytes = encode_unchained(row);
  row.chain = chain_over(previous, bytes);
  FieldWriter(bytes).digest(kChainField, row.chain);
  return bytes;
}

Bytes encode(const NamespaceRow& row) {
  Bytes bytes;
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.bytes(1, row.description);
  out.bytes(2, row.owner);
  out.labels(3, row.labels);
  out.number(4, row.version);
  out.revision(5, row.revision);
  out.actor(7, row.author);
  out.stamp(10, row.created_at);
  out.stamp(12, row.updated_at);
  out.number(14, row.live_entries);
  out.number(15, row.children);
  return bytes;
}

std::expected<NamespaceRow, DecodeFault> decode_namespace_row(ByteView bytes, bool* complete) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  NamespaceRow row;
  row.description = in.bytes(1, kMaxDescriptionBytes);
  row.owner = in.bytes(2, kMaxOwnerBytes);
  row.labels = in.labels(3);
  row.version = in.number(4);
  row.revision = in.revision(5);
  row.author = in.actor(7);
  row.created_at = in.stamp(10);
  row.updated_at = in.stamp(12);
  row.live_entries = in.number(14);
  row.children = in.number(15);
  return verdict(in, std::move(row), complete);
}

Bytes encode(const EntryRow& row) {
  constexpr std::size_t kSizeHint = 192;
  Bytes bytes;
  bytes.reserve(kSizeHint + row.value.size() + row.description.size());
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.number(1, row.version);
  out.boolean(2, row.deleted);
  out.revision(3, row.revision);
  out.bytes(5, row.content_type);
  out.bytes(6, row.value);
  out.labels(7, row.labels);
  out.bytes(8, row.description);
  out.actor(9, row.author);
  out.stamp(12, row.created_at);
  out.stamp(14, row.updated_at);
  return bytes;
}

std::expected<EntryRow, DecodeFault> decode_entry_row(ByteView bytes, bool* complete) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  EntryRow row;
  row.version = in.number(1);
  row.deleted = in.boolean(2);
  row.revision = in.revision(3);
  row.content_type = in.bytes(5, kMaxContentTypeBytes);
  row.value = in.bytes(6, kMaxValueBytes);
  row.labels = in.labels(7);
  row.description = in.bytes(8, kMaxDescriptionBytes);
  row.author = in.actor(9);
  row.created_at = in.stamp(12);
  row.updated_at = in.stamp(14);
  return verdict(in, std::move(row), complete);
}

Bytes encode(const AuditRow& row) {
  Bytes bytes = encode_unchained(row);
  FieldWriter(bytes).digest(kChainField, row.chain);
  return bytes;
}

std::expected<AuditRow, DecodeFault> decode_audit_row(ByteView bytes, bool* complete) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  AuditRow row;
  row.revision = in.revision(1);
  row.ordinal = static_cast<std::uint32_t>(in.number(3, UINT32_MAX));
  row.stamp = in.stamp(4);
  row.action = static_cast<Action>(in.number(6, static_cast<std::uint64_t>(kLastAction)));
  row.refusal = in.refusal(7);
  row.actor = in.actor(8);
  row.path = in.bytes(11, kMaxPathBytes);
  row.key = in.bytes(12, kMaxKeyBytes);
  row.previous_version = in.number(13);
  row.new_version = in.number(14);
  row.previous_value = in.optional_digest(15);
  row.new_value = in.optional_digest(16);
  row.request_id = in.bytes(17, kMaxRequestIdBytes);
  row.chain = in.digest(kChainField);
  if (row.action == Action{}) in.fail(DecodeFault::UnknownKind);
  return verdict(in, std::move(row), complete);
}

Bytes encode(const OutcomeRow& row) {
  Bytes bytes;
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.number(1, row.fingerprint);
  out.stamp(2, row.expires_at);
  out.bytes(4, row.reply);
  return bytes;
}

std::expected<OutcomeRow, DecodeFault> decode_outcome_row(ByteView bytes, bool* complete) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  OutcomeRow row;
  row.fingerprint = in.number(1);
  row.expires_at = in.stamp(2);
  row.reply = in.bytes(4, kMaxReplyBytes);
  return verdict(in, std::move(row), complete);
}

Bytes encode(const MetaRow& row) {
  Bytes bytes;
  ByteWriter(bytes).u8(kFormat);
  FieldWriter out(bytes);
  out.revision(1, row.applied);
  out.stamp(3, row.last_stamp);
  out.number(5, row.digest_low);
  out.number(6, row.digest_high);
  out.digest(7, row.audit_head);
  out.number(8, row.audit_events);
  out.number(9, row.live_entries);
  out.number(10, row.namespaces);
  out.number(11, row.outcomes);
  out.number(12, row.log_chain);
  out.number(13, static_cast<std::uint64_t>(row.oldest_outcome_ms));
  return bytes;
}

std::expected<MetaRow, DecodeFault> decode_meta_row(ByteView bytes, bool* complete) {
  const auto fields = check_format(bytes, kFormat);
  if (!fields) return std::unexpected(fields.error());
  FieldReader in(*fields);
  MetaRow row;
  row.applied = in.revision(1);
  row.last_stamp = in.stamp(3);
  row.digest_low = in.number(5);
  row.digest_high = in.number(6);
  row.audit_head = in.digest(7);
  row.audit_events = in.number(8);
  row.live_entries = in.number(9);
  row.namespaces = in.number(10);
  row.outcomes = in.number(11);
  row.log_chain = in.number(12);
  row.oldest_outcome_ms = static_cast<std::int64_t>(in.number(13, INT64_MAX));
  return verdict(in, row, complete);
}

}  // namespace confman::domain
