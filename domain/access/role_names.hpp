#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/access/permission.hpp"

// A set of roles as it lies in rows and commands: names in ascending order with commas between.
namespace confman::domain {

// 1 to kMaxRoleNameBytes characters a-z, 0-9 and hyphens, a letter first.
bool is_role_name(std::string_view name);

// What stands between commas. Views into the text.
std::vector<std::string_view> split_list(std::string_view list);
// Sorts and drops what is there twice.
std::string join_roles(std::vector<std::string_view> roles);
// At least one and at most kMaxRolesOfAssignment names, in the form that join_roles() makes.
bool are_roles(std::string_view roles);

// Names of permissions, in the order of their table.
std::string join_permissions(PermissionSet permissions);

}  // namespace confman::domain
