#include "domain/namespaces/namespace.hpp"

#include "domain/codec/must_decode.hpp"
#include "domain/entries/entry.hpp"

namespace confman::domain {

// In the row of its tombstone (namespaces/decide.cpp), whose value is a NamespaceRow of what stays
// in force, or empty.
std::optional<NamespaceLeft> namespace_left(const StateStore& store, std::string_view path) {
  const auto bytes = store.get(Table::Entry, keys::of_entry(path, {}));
  if (!bytes) return std::nullopt;
  const EntryRow row = must_decode(decode_entry_row(*bytes));
  NamespaceLeft left{.version = row.version, .no_inherit = false};
  if (!row.value.empty()) {
    left.no_inherit = must_decode(decode_namespace_row(row.value)).no_inherit;
  }
  return left;
}

bool fits_deleted_namespace(const EntryRow& row) {
  return row.deleted && (row.value.empty() || decode_namespace_row(row.value));
}

Bytes encode(const NamespaceRow& row) {
  return encode_record(row);
}

std::expected<NamespaceRow, DecodeFault> decode_namespace_row(ByteView bytes, bool* complete) {
  return decode_record<NamespaceRow>(bytes, complete);
}

}  // namespace confman::domain
