#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/access/principal.hpp"
#include "domain/access/role_names.hpp"
#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// The roles that a principal has in a namespace, and below it as far as those inherit.
struct AssignmentRow {
  std::string roles;  // role_names.hpp
  Revision revision;
  Actor author;
  HlcStamp updated_at;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Text{1, "roles", kMaxRolesBytes}, row.roles);
    visit(Field{2, "revision"}, row.revision);
    visit(Field{4, "author"}, row.author);
    visit(Field{7, "updated"}, row.updated_at);
  }
  friend bool operator==(const AssignmentRow&, const AssignmentRow&) = default;
};

namespace keys {

struct AssignmentKey {
  std::string_view path;
  std::string_view principal;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
    visit("principal", key.principal);
  }
};
inline Bytes of_assignment(std::string_view path, std::string_view principal) {
  return encode_key(AssignmentKey{path, principal});
}
inline std::optional<AssignmentKey> parse_assignment(ByteView key) {
  return parse_key<AssignmentKey>(key);
}

}  // namespace keys

struct AssignmentTable {
  static constexpr Table kTable = Table::Assignment;
  static constexpr const char* kName = "assignments";
  static constexpr bool kDerived = false;
  using Key = keys::AssignmentKey;
  using Row = AssignmentRow;
  static bool fits(const Key& key, const Row& row) {
    return check_path(key.path).has_value() && parse_principal(key.principal) &&
           are_roles(row.roles);
  }
};

Bytes encode(const AssignmentRow&);
std::expected<AssignmentRow, DecodeFault> decode_assignment_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
