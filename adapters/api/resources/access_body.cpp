#include "adapters/api/resources/access_body.hpp"

#include <utility>
#include <vector>

#include "adapters/api/body.hpp"
#include "adapters/api/text.hpp"
#include "domain/access/api_key.hpp"
#include "domain/access/role_names.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"

namespace confman::api {
namespace {

constexpr std::string_view kAllPermissions =
    "Permissions are read, draft, approve, publish, rollback, manage-access, manage-policy, "
    "manage-webhooks, manage-schemas, manage-namespaces, manage-cluster and read-secrets.";
static_assert(domain::kPermissions.size() == 12, "the sentence above names all of them");

}  // namespace

std::expected<std::vector<std::string_view>, http::Problem> strings_field(const json::Value& object,
                                                                          std::string_view name) {
  const json::Value* member = object.find(name);
  if (member == nullptr) return at_field("missing_field", name, "The field has to be there.");
  if (member->array() == nullptr) {
    return at_field("wrong_type", name, "The field is an array of strings.");
  }
  std::vector<std::string_view> strings;
  for (const json::Value& item : *member->array()) {
    if (item.string() == nullptr) {
      return at_field("wrong_type", name, "The field is an array of strings.");
    }
    strings.push_back(*item.string());
  }
  return strings;
}

std::expected<domain::PermissionSet, http::Problem> permissions_field(const json::Value& object,
                                                                      std::string_view name) {
  const auto names = strings_field(object, name);
  if (!names) return Refused(names.error());
  domain::PermissionSet permissions;
  for (const std::string_view text : *names) {
    const auto permission = domain::permission_named(text);
    if (!permission) return at_field("bad_permission", name, std::string(kAllPermissions));
    permissions.add(*permission);
  }
  if (permissions.empty()) return at_field("bad_permission", name, "There is at least one.");
  return permissions;
}

std::expected<std::string, http::Problem> roles_field(const json::Value& object,
                                                      std::string_view name) {
  auto names = strings_field(object, name);
  if (!names) return Refused(std::move(names.error()));
  std::string roles = domain::join_roles(std::move(*names));
  if (!domain::are_roles(roles)) {
    return at_field("bad_roles", name,
                    "The field has 1 to 16 names of roles: a-z, 0-9 and '-', a letter first. To "
                    "take all roles from a principal, delete the assignment.");
  }
  return roles;
}

std::expected<std::string, http::Problem> scopes_field(const json::Value& object,
                                                       std::string_view name) {
  const json::Value* member = object.find(name);
  if (member == nullptr) return std::string();
  if (member->array() == nullptr || member->array()->empty()) {
    return at_field(
        "bad_scope", name,
        "The field is an array of objects {\"namespace\":…, \"permissions\":[…]}; a key "
        "that may do all that its owner may has none.");
  }
  if (member->array()->size() > domain::kMaxScopes) {
    return at_field("bad_scope", name, "A key has at most 16 scopes.");
  }
  std::vector<domain::KeyScope> scopes;
  for (const json::Value& item : *member->array()) {
    const json::Value* path = item.find("namespace");
    if (path == nullptr || path->string() == nullptr || !domain::check_path(*path->string())) {
      return at_field("bad_scope", name, "Each scope names a namespace, such as \"/payments\".");
    }
    const auto permissions = permissions_field(item, "permissions");
    if (!permissions) return at_field("bad_scope", name, permissions.error().detail);
    scopes.push_back({*path->string(), *permissions});
  }
  return domain::join_scopes(scopes);
}

void append_permissions(json::Writer& out, std::string_view name,
                        domain::PermissionSet permissions) {
  out.key(name).begin_array();
  for (const domain::PermissionRow& row : domain::kPermissions) {
    if (permissions.has(row.permission)) out.value(row.name);
  }
  out.end_array();
}

void append_roles(json::Writer& out, std::string_view name, std::string_view roles) {
  out.key(name).begin_array();
  for (const std::string_view role : domain::split_list(roles)) out.value(role);
  out.end_array();
}

void append_scopes(json::Writer& out, std::string_view name, std::string_view text) {
  const auto scopes = domain::parse_scopes(text);
  if (!scopes || scopes->empty()) return;
  out.key(name).begin_array();
  for (const domain::KeyScope& scope : *scopes) {
    out.begin_object().member("namespace", scope.path);
    append_permissions(out, "permissions", scope.permissions);
    out.end_object();
  }
  out.end_array();
}

}  // namespace confman::api
