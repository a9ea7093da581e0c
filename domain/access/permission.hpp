#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "domain/base/assert.hpp"

// What may be allowed, and what the fixed roles allow.
namespace confman::domain {

// The numbers are on disk, as bits of a PermissionSet: none is ever given to another meaning.
enum class Permission : std::uint8_t {
  Read = 0,              // entries, their history, watches, the audit trail
  Draft = 1,             // read, write and submit drafts
  Approve = 2,           // or reject what others have submitted
  Publish = 3,           // what is live: put, delete
  Rollback = 4,          // publish an earlier version again
  ManageAccess = 5,      // who has which role here
  ManagePolicy = 6,      // what publishing takes here
  ManageWebhooks = 7,    //
  ManageSchemas = 8,     //
  ManageNamespaces = 9,  // create, change and delete namespaces
  ManageCluster = 10,    // members and leader; asked for at "/"
  ReadSecrets = 11,      // what values are that lie sealed; from kSecrets on
};

struct PermissionRow {
  Permission permission;
  std::string_view name;
};
// In the order of the numbers.
inline constexpr auto kPermissions = std::to_array<PermissionRow>({
    {Permission::Read, "read"},
    {Permission::Draft, "draft"},
    {Permission::Approve, "approve"},
    {Permission::Publish, "publish"},
    {Permission::Rollback, "rollback"},
    {Permission::ManageAccess, "manage-access"},
    {Permission::ManagePolicy, "manage-policy"},
    {Permission::ManageWebhooks, "manage-webhooks"},
    {Permission::ManageSchemas, "manage-schemas"},
    {Permission::ManageNamespaces, "manage-namespaces"},
    {Permission::ManageCluster, "manage-cluster"},
    {Permission::ReadSecrets, "read-secrets"},
});
static_assert([] {
  for (std::size_t i = 0; i < kPermissions.size(); ++i) {
    if (static_cast<std::size_t>(kPermissions[i].permission) != i) return false;
  }
  return true;
}());

constexpr std::string_view name_of(Permission permission) {
  const auto index = static_cast<std::size_t>(permission);
  if (index >= kPermissions.size()) CONFMAN_UNREACHABLE("A permission isn't in their table.");
  return kPermissions[index].name;
}
constexpr std::optional<Permission> permission_named(std::string_view name) {
  const auto* row = std::ranges::find(kPermissions, name, &PermissionRow::name);
  return row == kPermissions.end() ? std::nullopt : std::optional(row->permission);
}

class PermissionSet {
 public:
  constexpr PermissionSet() = default;
  constexpr PermissionSet(std::initializer_list<Permission> permissions) {
    for (const Permission permission : permissions) add(permission);
  }
  static constexpr PermissionSet all() {
    PermissionSet set;
    for (const PermissionRow& row : kPermissions) set.add(row.permission);
    return set;
  }
  // Bits that stand for no permission of this build are dropped.
  static constexpr PermissionSet of_bits(std::uint64_t bits) {
    PermissionSet set;
    set.bits_ = bits & all().bits_;
    return set;
  }

  constexpr void add(Permission permission) { bits_ |= bit(permission); }
  constexpr bool has(Permission permission) const { return (bits_ & bit(permission)) != 0; }
  constexpr bool holds(PermissionSet others) const { return (others.bits_ & ~bits_) == 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint64_t bits() const { return bits_; }

  constexpr PermissionSet& operator|=(PermissionSet other) {
    bits_ |= other.bits_;
    return *this;
  }
  constexpr PermissionSet& operator&=(PermissionSet other) {
    bits_ &= other.bits_;
    return *this;
  }
  friend constexpr bool operator==(PermissionSet, PermissionSet) = default;

 private:
  static constexpr std::uint64_t bit(Permission permission) {
    return std::uint64_t{1} << static_cast<unsigned>(permission);
  }
  std::uint64_t bits_ = 0;
};

// The roles that every cluster has, as they are: nobody changes or deletes them.
struct FixedRole {
  std::string_view name;
  PermissionSet permissions;
};
inline constexpr auto kFixedRoles = std::to_array<FixedRole>({
    {"viewer", {Permission::Read}},
    {"editor", {Permission::Read, Permission::Draft}},
    {"publisher",
     {Permission::Read, Permission::Draft, Permission::Approve, Permission::Publish,
      Permission::Rollback}},
    {"admin", PermissionSet::all()},
});
inline constexpr std::string_view kAdminRole = "admin";

constexpr const FixedRole* fixed_role(std::string_view name) {
  const auto* role = std::ranges::find(kFixedRoles, name, &FixedRole::name);
  return role == kFixedRoles.end() ? nullptr : role;
}

}  // namespace confman::domain
