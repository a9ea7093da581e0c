#include "domain/namespaces/namespace.hpp"

namespace confman::domain {

Bytes encode(const NamespaceRow& row) {
  return encode_record(row);
}

std::expected<NamespaceRow, DecodeFault> decode_namespace_row(ByteView bytes, bool* complete) {
  return decode_record<NamespaceRow>(bytes, complete);
}

}  // namespace confman::domain
