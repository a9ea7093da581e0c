#include "domain/access/query.hpp"

#include <algorithm>
#include <vector>

#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/query/page_builder.hpp"

namespace confman::domain {
namespace {

constexpr std::string_view kRoot = "/";

RoleRow row_of(const FixedRole& role) {
  RoleRow row;
  row.permissions = role.permissions.bits();
  return row;
}

// What there is of a group besides its names.
constexpr std::size_t kOfARow = 256;

}  // namespace

// --- keys

std::expected<FoundApiKey, QueryFault> find_api_key(const StateStore& store, std::string_view id) {
  const auto bytes = store.get(Table::ApiKey, keys::of_api_key(id));
  if (!bytes) return std::unexpected(QueryFault::ApiKeyNotFound);
  return FoundApiKey{std::string(id), must_decode(decode_api_key_row(*bytes))};
}

std::expected<ApiKeyPage, QueryFault> list_api_keys(const StateStore& store,
                                                    const ListApiKeys& query) {
  const Bytes from = query.after ? behind(keys::of_api_key(*query.after)) : Bytes{};
  PageBuilder<FoundApiKey> page(query.limit, query.max_visited, query.max_bytes);
  store.scan(Table::ApiKey, from, {}, [&](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    ApiKeyRow row = must_decode(decode_api_key_row(value));
    if (query.owner && row.owner != *query.owner) return true;
    return page.add({std::string(key), std::move(row)}, value.size());
  });
  return page.take([](ByteView key) { return std::string(key); });
}

// --- roles

std::expected<FoundRole, QueryFault> find_role(const StateStore& store, std::string_view name) {
  if (const FixedRole* fixed = fixed_role(name))
    return FoundRole{std::string(name), row_of(*fixed)};
  const auto bytes = store.get(Table::Role, keys::of_role(name));
  if (!bytes) return std::unexpected(QueryFault::RoleNotFound);
  return FoundRole{std::string(name), must_decode(decode_role_row(*bytes))};
}

std::expected<RolePage, QueryFault> list_roles(const StateStore& store, const ListRoles& query) {
  std::vector<FixedRole> fixed(kFixedRoles.begin(), kFixedRoles.end());
  std::erase_if(fixed,
                [&](const FixedRole& role) { return query.after && role.name <= *query.after; });
  std::ranges::sort(fixed, {}, &FixedRole::name);
  auto next = fixed.begin();
  PageBuilder<FoundRole> page(query.limit, query.max_visited, query.max_bytes);
  const auto add_fixed_before = [&](std::optional<ByteView> name) {
    for (; next != fixed.end() && (!name || next->name < *name); ++next) {
      if (!page.visit(next->name, 0)) return false;
      if (!page.add({std::string(next->name), row_of(*next)}, kOfARow)) return false;
    }
    return true;
  };
  const Bytes from = query.after ? behind(keys::of_role(*query.after)) : Bytes{};
  store.scan(Table::Role, from, {}, [&](ByteView key, ByteView value) {
    if (!add_fixed_before(key) || !page.visit(key, value.size())) return false;
    return page.add({std::string(key), must_decode(decode_role_row(value))}, value.size());
  });
  if (!page.over()) add_fixed_before(std::nullopt);
  return page.take([](ByteView key) { return std::string(key); });
}

// --- assignments

std::expected<FoundAssignment, QueryFault> find_assignment(const StateStore& store,
                                                           std::string_view path,
                                                           std::string_view principal) {
  const auto bytes = store.get(Table::Assignment, keys::of_assignment(path, principal));
  if (!bytes) return std::unexpected(QueryFault::AssignmentNotFound);
  return FoundAssignment{std::string(path), std::string(principal),
                         must_decode(decode_assignment_row(*bytes))};
}

std::expected<AssignmentPage, QueryFault> list_assignments(const StateStore& store,
                                                           const ListAssignments& query) {
  if (!store.get(Table::Namespace, keys::of_namespace(query.path))) {
    return std::unexpected(QueryFault::NamespaceNotFound);
  }
  const Bytes prefix = keys::of_assignment(query.path, {});
  const Bytes from = query.after ? behind(keys::of_assignment(query.path, *query.after)) : prefix;
  PageBuilder<FoundAssignment> page(query.limit, query.max_visited, query.max_bytes);
  store.scan(
      Table::Assignment, from, keys::end_of_prefix(prefix), [&](ByteView key, ByteView value) {
        if (!page.visit(key, value.size())) return false;
        const auto name = keys::parse_assignment(key);
        CONFMAN_ASSERT(name, "A row of Assignment has a key that does not parse.");
        return page.add(
            {query.path, std::string(name->principal), must_decode(decode_assignment_row(value))},
            value.size());
      });
  return page.take(
      [](ByteView key) { return std::string(keys::parse_assignment(key)->principal); });
}

// --- groups

std::expected<GroupMemberPage, QueryFault> list_group_members(const StateStore& store,
                                                              const ListGroupMembers& query) {
  const Bytes prefix = query.group.empty() ? Bytes{} : keys::of_group_member(query.group, {});
  const Bytes from =
      query.after ? behind(keys::of_group_member(query.after->first, query.after->second)) : prefix;
  PageBuilder<FoundGroupMember> page(query.limit, query.max_visited, query.max_bytes);
  store.scan(Table::GroupMember, from, keys::end_of_prefix(prefix),
             [&](ByteView key, ByteView value) {
               if (!page.visit(key, value.size())) return false;
               const auto name = keys::parse_group_member(key);
               CONFMAN_ASSERT(name, "A row of GroupMember has a key that does not parse.");
               return page.add({std::string(name->group), std::string(name->member),
                                must_decode(decode_group_member_row(value))},
                               value.size());
             });
  return page.take([](ByteView key) {
    const auto name = keys::parse_group_member(key);
    return std::pair(std::string(name->group), std::string(name->member));
  });
}

// --- rights

FoundAccess check_access(const StateStore& store, const CheckAccess& query, const Caller& caller) {
  const bool own = query.principal.empty() || query.principal == caller.principal;
  Rights rights = own ? Rights(store, caller) : Rights(store, query.principal);
  FoundAccess found;
  found.principal = own ? caller.principal : query.principal;
  found.permissions = rights.at(query.path);
  if (query.permission && found.permissions.has(*query.permission)) {
    found.grant = rights.why(*query.permission, query.path);
  }
  return found;
}

bool may_ask(Rights& rights, const Caller& caller, const FoundApiKey& found) {
  return found.row.owner == caller.principal || rights.may(Permission::ManageAccess, kRoot);
}

bool may_ask(Rights& rights, const Caller& caller, ListApiKeys& query) {
  if (rights.may(Permission::ManageAccess, kRoot)) return true;
  if (query.owner && *query.owner != caller.principal) return false;
  query.owner = caller.principal;
  return true;
}

bool may_ask(Rights& rights, const Caller&, const ListAssignments& query) {
  return rights.may(Permission::ManageAccess, query.path);
}

bool may_ask_assignment(Rights& rights, const Caller& caller, std::string_view path,
                        std::string_view principal) {
  return principal == caller.principal || rights.may(Permission::ManageAccess, path);
}

bool may_ask(Rights& rights, const Caller&, const ListGroupMembers&) {
  return rights.may(Permission::ManageAccess, kRoot);
}

bool may_ask(Rights& rights, const Caller& caller, const CheckAccess& query) {
  return query.principal.empty() || query.principal == caller.principal ||
         rights.may(Permission::ManageAccess, query.path);
}

}  // namespace confman::domain
