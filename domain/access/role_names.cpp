#include "domain/access/role_names.hpp"

#include <algorithm>

#include "domain/limits.hpp"

namespace confman::domain {

bool is_role_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= kMaxRoleNameBytes && is_letter(name.front()) &&
         std::ranges::all_of(
             name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

std::vector<std::string_view> split_list(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    names.push_back(list.substr(0, comma));
    list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
  }
  return names;
}

std::string join_roles(std::vector<std::string_view> roles) {
  std::ranges::sort(roles);
  const auto twice = std::ranges::unique(roles);
  roles.erase(twice.begin(), twice.end());
  std::string text;
  for (const std::string_view role : roles) {
    text.append(text.empty() ? "" : ",").append(role);
  }
  return text;
}

bool are_roles(std::string_view roles) {
  const auto names = split_list(roles);
  return !names.empty() && names.size() <= kMaxRolesOfAssignment &&
         std::ranges::all_of(names, is_role_name) && join_roles(names) == roles;
}

std::string join_permissions(PermissionSet permissions) {
  std::string text;
  for (const PermissionRow& row : kPermissions) {
    if (permissions.has(row.permission)) text.append(text.empty() ? "" : ",").append(row.name);
  }
  return text;
}

}  // namespace confman::domain
