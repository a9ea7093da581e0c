#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/bindings/bound.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// What a namespace, and those below it that bind nothing themselves, is held to. An empty list
// binds nothing: what is bound above ends there.
struct BindingRow {
  std::string bound;  // join_bindings()
  Revision revision;
  Actor author;
  HlcStamp updated_at;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Text{1, "bound", kMaxBindingsBytes}, row.bound);
    visit(Field{2, "revision"}, row.revision);
    visit(Field{4, "author"}, row.author);
    visit(Field{7, "updated"}, row.updated_at);
  }
  friend bool operator==(const BindingRow&, const BindingRow&) = default;
};

namespace keys {

inline Bytes of_binding(std::string_view path) {
  return Bytes(path);
}

}  // namespace keys

struct BindingTable {
  static constexpr Table kTable = Table::Binding;
  static constexpr const char* kName = "bindings";
  static constexpr bool kDerived = false;
  using Key = keys::NamespaceKey;
  using Row = BindingRow;
  static bool fits(const Key& key, const Row& row) {
    return check_path(key.path).has_value() && parse_bindings(row.bound).has_value();
  }
};

Bytes encode(const BindingRow&);
std::expected<BindingRow, DecodeFault> decode_binding_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
