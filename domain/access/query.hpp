#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "domain/access/api_key.hpp"
#include "domain/access/assignment.hpp"
#include "domain/access/group.hpp"
#include "domain/access/rights.hpp"
#include "domain/access/role.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// Questions about who may do what (query/page.hpp).
namespace confman::domain {

struct FoundApiKey {
  std::string id;
  ApiKeyRow row;
};
using ApiKeyPage = Page<FoundApiKey, std::string>;
struct ListApiKeys {
  std::optional<std::string> owner;
  std::optional<std::string> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<FoundApiKey, QueryFault> find_api_key(const StateStore&, std::string_view id);
std::expected<ApiKeyPage, QueryFault> list_api_keys(const StateStore&, const ListApiKeys&);

// The fixed roles are found like the others, at revision 0:0.
struct FoundRole {
  std::string name;
  RoleRow row;
};
using RolePage = Page<FoundRole, std::string>;
struct ListRoles {
  std::optional<std::string> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<FoundRole, QueryFault> find_role(const StateStore&, std::string_view name);
// In the order of their names.
std::expected<RolePage, QueryFault> list_roles(const StateStore&, const ListRoles&);

struct FoundAssignment {
  std::string path;
  std::string principal;
  AssignmentRow row;
};
using AssignmentPage = Page<FoundAssignment, std::string>;
struct ListAssignments {
  std::string path;  // of this namespace alone
  std::optional<std::string> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<FoundAssignment, QueryFault> find_assignment(const StateStore&, std::string_view path,
                                                           std::string_view principal);
std::expected<AssignmentPage, QueryFault> list_assignments(const StateStore&,
                                                           const ListAssignments&);

struct FoundGroupMember {
  std::string group;
  std::string member;
  GroupMemberRow row;
};
using GroupMemberPage = Page<FoundGroupMember, std::pair<std::string, std::string>>;
struct ListGroupMembers {
  std::string group;  // empty: of all groups
  std::optional<std::pair<std::string, std::string>> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<GroupMemberPage, QueryFault> list_group_members(const StateStore&,
                                                              const ListGroupMembers&);

// What a principal may in a namespace, which needn't be there. Of one permission also why.
struct CheckAccess {
  std::string path;
  std::string principal;  // empty: who asks
  std::optional<Permission> permission;
};
struct FoundAccess {
  std::string principal;  // empty: who came without a key
  PermissionSet permissions;
  std::optional<Grant> grant;
};
FoundAccess check_access(const StateStore&, const CheckAccess&, const Caller& caller);

// Whether the caller may ask that. One's own keys, assignments and rights may be asked for by
// anybody who is known, those of others where access is managed. A listing of keys that isn't
// allowed as it is becomes one of one's own.
bool may_ask(Rights&, const Caller&, const FoundApiKey&);
bool may_ask(Rights&, const Caller&, ListApiKeys&);
bool may_ask(Rights&, const Caller&, const ListAssignments&);
bool may_ask_assignment(Rights&, const Caller&, std::string_view path, std::string_view principal);
bool may_ask(Rights&, const Caller&, const ListGroupMembers&);
bool may_ask(Rights&, const Caller&, const CheckAccess&);

}  // namespace confman::domain
