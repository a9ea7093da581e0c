#include "domain/bindings/binding.hpp"
#include "domain/bindings/schema_document.hpp"

namespace confman::domain {

Bytes encode(const SchemaRow& row) {
  return encode_record(row);
}
std::expected<SchemaRow, DecodeFault> decode_schema_row(ByteView bytes, bool* complete) {
  return decode_record<SchemaRow>(bytes, complete);
}

Bytes encode(const SchemaVersionRow& row) {
  return encode_record(row);
}
std::expected<SchemaVersionRow, DecodeFault> decode_schema_version_row(ByteView bytes,
                                                                       bool* complete) {
  return decode_record<SchemaVersionRow>(bytes, complete);
}

Bytes encode(const BindingRow& row) {
  return encode_record(row);
}
std::expected<BindingRow, DecodeFault> decode_binding_row(ByteView bytes, bool* complete) {
  return decode_record<BindingRow>(bytes, complete);
}

}  // namespace confman::domain
