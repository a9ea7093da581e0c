#include "domain/audit/event.hpp"

#include <utility>

namespace confman::domain {
namespace {

// All of an event but its chain value: what the chain value is taken over.
struct Unchained {
  explicit Unchained(const AuditRow& row) {
    before.reserve(size_hint(row));
    ByteWriter(before).u8(kRecordFormat);
    AuditRow::for_each_field_before_chain(row, FieldEncoder(before));
    AuditRow::for_each_field_behind_chain(row, FieldEncoder(behind));
  }

  Sha256Digest chained_to(const Sha256Digest& previous) const {
    Sha256 hash;
    hash.update(as_view(previous));
    hash.update(before);
    hash.update(behind);
    return hash.finish();
  }

  Bytes before;
  Bytes behind;
};

}  // namespace

std::string audit_id(const AuditRow& row) {
  return "evt_" + std::to_string(row.revision.index) + "_" + std::to_string(row.ordinal);
}

Sha256Digest chain_after(const Sha256Digest& previous, const AuditRow& row) {
  return Unchained(row).chained_to(previous);
}

Bytes encode_chained(const Sha256Digest& previous, AuditRow& row) {
  Unchained parts(row);
  row.chain = parts.chained_to(previous);
  FieldEncoder out(parts.before);
  out(AuditRow::kChainField, row.chain);
  parts.before += parts.behind;
  return std::move(parts.before);
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
