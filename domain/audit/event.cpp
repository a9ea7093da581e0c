#include "domain/audit/event.hpp"

namespace confman::domain {
namespace {

// All of an event but its chain value: what the chain value is taken over.
Bytes encode_unchained(const AuditRow& row) {
  Bytes bytes;
  bytes.reserve(size_hint(row));
  ByteWriter(bytes).u8(kRecordFormat);
  AuditRow::for_each_field_but_chain(row, FieldEncoder(bytes));
  return bytes;
}

Sha256Digest chain_over(const Sha256Digest& previous, ByteView unchained) {
  Sha256 hash;
  hash.update(as_view(previous));
  hash.update(unchained);
  return hash.finish();
}

}  // namespace

std::string audit_id(const AuditRow& row) {
  return "evt_" + std::to_string(row.revision.index) + "_" + std::to_string(row.ordinal);
}

Sha256Digest chain_after(const Sha256Digest& previous, const AuditRow& row) {
  return chain_over(previous, encode_unchained(row));
}

Bytes encode_chained(const Sha256Digest& previous, AuditRow& row) {
  Bytes bytes = encode_unchained(row);
  row.chain = chain_over(previous, bytes);
  FieldEncoder out(bytes);
  out(AuditRow::kChainField, row.chain);
  return bytes;
}

Bytes encode(const AuditRow& row) {
  return encode_record(row);
}

std::expected<AuditRow, DecodeFault> decode_audit_row(ByteView bytes, bool* complete) {
  return decode_record<AuditRow>(bytes, complete);
}

namespace keys {

Bytes of_audit(std::uint64_t index, std::uint32_t ordinal) {
  return encode_key(AuditKey{index, ordinal});
}

std::optional<AuditKey> parse_audit(ByteView key) {
  return parse_key<AuditKey>(key);
}

}  // namespace keys
}  // namespace confman::domain
