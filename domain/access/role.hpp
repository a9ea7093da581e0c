#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "domain/access/role_names.hpp"
#include "domain/base/bytes.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// A role beside the fixed ones: a named set of permissions.
struct RoleRow {
  std::uint64_t permissions{};  // PermissionSet::bits
  std::string description;
  std::uint64_t uses{};  // assignments that name it; maintained by apply
  Revision revision;
  Actor author;
  HlcStamp updated_at;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "permissions"}, row.permissions);
    visit(Text{2, "description", kMaxDescriptionBytes}, row.description);
    visit(Field{3, "uses"}, row.uses);
    visit(Field{4, "revision"}, row.revision);
    visit(Field{6, "author"}, row.author);
    visit(Field{9, "updated"}, row.updated_at);
  }
  friend bool operator==(const RoleRow&, const RoleRow&) = default;
};

namespace keys {

struct RoleKey {
  std::string_view name;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("name", key.name);
  }
};
inline Bytes of_role(std::string_view name) {
  return Bytes(name);
}

}  // namespace keys

struct RoleTable {
  static constexpr Table kTable = Table::Role;
  static constexpr const char* kName = "roles";
  static constexpr bool kDerived = false;
  using Key = keys::RoleKey;
  using Row = RoleRow;
  static bool fits(const Key& key, const Row&) { return is_role_name(key.name); }
};

Bytes encode(const RoleRow&);
std::expected<RoleRow, DecodeFault> decode_role_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
