#include "sim/reference/expected_access.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace confman::sim {
namespace {

using domain::Permission;
using domain::QueryFault;

std::string is_fault(const node::Answer& answer, QueryFault expected) {
  const auto* fault = std::get_if<QueryFault>(&answer);
  return fault != nullptr && *fault == expected
             ? std::string()
             : "says something else than " + std::string(code_of(expected));
}

// Of what is there, or isn't.
template <class Found, class Row, class SameName>
std::string single(const AccessQuestion& of, const Row* row, QueryFault missing,
                   SameName same_name) {
  if (row == nullptr) return is_fault(of.answer, missing);
  const auto* told = std::get_if<Found>(&of.answer);
  if (told == nullptr) return "says that there isn't what there is";
  return same_name(*told) && told->row == *row ? "" : "has another row";
}

domain::RoleRow fixed_row(const char* name, const Access& access) {
  domain::RoleRow row;
  row.permissions = *access.bits_of_role(name, 0);
  return row;
}

std::map<std::string, domain::RoleRow> all_roles(const AccessQuestion& of) {
  std::map<std::string, domain::RoleRow> all;
  for (const char* name : {"admin", "editor", "publisher", "viewer"}) {
    all.emplace(name, fixed_row(name, of.access));
  }
  of.access.roles.for_each(of.index, [&](const std::string& name, const domain::RoleRow& row) {
    all.emplace(name, row);
  });
  return all;
}

// A page against all there is, in order. `name` of an item is what pages go on behind.
template <class Page, class Name, class Row, class NameOf>
std::string page_of(const AccessQuestion& of, const std::map<Name, Row>& all,
                    const std::optional<Name>& after, std::size_t limit, NameOf name_of) {
  const auto* page = std::get_if<Page>(&of.answer);
  if (page == nullptr) return "is no page";
  std::size_t next = 0;
  for (const auto& [name, row] : all) {
    if (after && name <= *after) continue;
    if (page->resume && name > *page->resume) break;
    if (next >= page->items.size()) return "leaves out a row";
    const auto& item = page->items[next++];
    if (name_of(item) != name || item.row != row) return "has another row than there is";
  }
  if (next < page->items.size()) return "has rows that there aren't, or that nobody may see";
  if (page->items.size() > limit) return "has more items than were asked for";
  if (page->resume && after && *page->resume <= *after) return "doesn't get on";
  return {};
}

}  // namespace

std::string wrong_in(const node::GetApiKey& query, const AccessQuestion& of) {
  return single<domain::FoundApiKey>(of, of.access.keys.at(query.id, of.index),
                                     QueryFault::ApiKeyNotFound,
                                     [&](const auto& told) { return told.id == query.id; });
}

std::string wrong_in(const node::GetRole& query, const AccessQuestion& of) {
  const auto all = all_roles(of);
  const auto found = all.find(query.name);
  return single<domain::FoundRole>(of, found == all.end() ? nullptr : &found->second,
                                   QueryFault::RoleNotFound,
                                   [&](const auto& told) { return told.name == query.name; });
}

std::string wrong_in(const node::GetAssignment& query, const AccessQuestion& of) {
  return single<domain::FoundAssignment>(
      of, of.access.assignments.at({query.path, query.principal}, of.index),
      QueryFault::AssignmentNotFound, [&](const auto& told) {
        return told.path == query.path && told.principal == query.principal;
      });
}

// One's own alone, if one may not see all.
std::string wrong_in(const domain::ListApiKeys& query, const AccessQuestion& of) {
  const bool all_of_them = of.access.may(of.asker, Permission::ManageAccess, "/", of.index);
  std::map<std::string, domain::ApiKeyRow> all;
  of.access.keys.for_each(of.index, [&](const std::string& id, const domain::ApiKeyRow& row) {
    const bool asked = !query.owner || row.owner == *query.owner;
    if (asked && (all_of_them || of.asker.owns(row.owner))) all.emplace(id, row);
  });
  return page_of<domain::ApiKeyPage>(of, all, query.after, query.limit,
                                     [](const auto& item) { return item.id; });
}

std::string wrong_in(const domain::ListRoles& query, const AccessQuestion& of) {
  return page_of<domain::RolePage>(of, all_roles(of), query.after, query.limit,
                                   [](const auto& item) { return item.name; });
}

std::string wrong_in(const domain::ListAssignments& query, const AccessQuestion& of) {
  if (of.state.name_space(query.path, of.index) == nullptr) {
    return is_fault(of.answer, QueryFault::NamespaceNotFound);
  }
  std::map<std::string, domain::AssignmentRow> all;
  of.access.assignments.for_each(of.index,
                                 [&](const Access::Pair& name, const domain::AssignmentRow& row) {
                                   if (name.first == query.path) all.emplace(name.second, row);
                                 });
  return page_of<domain::AssignmentPage>(of, all, query.after, query.limit, [&](const auto& item) {
    return item.path == query.path ? item.principal : std::string();
  });
}

std::string wrong_in(const domain::ListGroupMembers& query, const AccessQuestion& of) {
  std::map<Access::Pair, domain::GroupMemberRow> all;
  of.access.members.for_each(of.index,
                             [&](const Access::Pair& name, const domain::GroupMemberRow& row) {
                               if (query.group.empty() || name.first == query.group) {
                                 all.emplace(name, row);
                               }
                             });
  return page_of<domain::GroupMemberPage>(of, all, query.after, query.limit, [](const auto& item) {
    return Access::Pair(item.group, item.member);
  });
}

std::string wrong_in(const domain::CheckAccess& query, const AccessQuestion& of) {
  const auto* told = std::get_if<domain::FoundAccess>(&of.answer);
  if (told == nullptr) return "is no word on access";
  const bool own = query.principal.empty() || of.asker.owns(query.principal);
  const std::string& principal = own ? of.asker.principal : query.principal;
  if (told->principal != principal) return "is about somebody else";
  const std::uint64_t bits = own ? of.access.bits(of.asker, query.path, of.index)
                                 : of.access.bits_of(principal, query.path, of.index);
  if (told->permissions.bits() != bits) return "names other permissions";
  const bool asked = query.permission && (bits & Access::bit(*query.permission)) != 0;
  const bool assigned = asked && !(own && of.asker.everything);
  if (told->grant.has_value() != assigned) return "says why, or doesn't, where it should";
  if (assigned &&
      !of.access.grants(*told->grant, principal, *query.permission, query.path, of.index)) {
    return "names an assignment that doesn't give it";
  }
  return {};
}

std::string wrong_in(const node::MayDo& /*query*/, const AccessQuestion& of) {
  return std::holds_alternative<std::monostate>(of.answer) ? "" : "says more than yes";
}

}  // namespace confman::sim
