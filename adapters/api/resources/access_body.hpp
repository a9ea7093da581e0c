#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/faults.hpp"
#include "adapters/http/problem.hpp"
#include "domain/access/permission.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

// What the bodies and documents of keys, roles and assignments have in common.
namespace confman::api {

// The strings of an array; views into the object.
std::expected<std::vector<std::string_view>, http::Problem> strings_field(const json::Value& object,
                                                                          std::string_view name);
// ["read","publish"] as a field of the object: at least one.
std::expected<domain::PermissionSet, http::Problem> permissions_field(const json::Value& object,
                                                                      std::string_view name);
// ["editor","deployer"], as domain::join_roles makes it.
std::expected<std::string, http::Problem> roles_field(const json::Value& object,
                                                      std::string_view name);
// [{"namespace":"/a","permissions":["read"]}], as domain::join_scopes makes it; empty where it is
// absent.
std::expected<std::string, http::Problem> scopes_field(const json::Value& object,
                                                       std::string_view name);

void append_permissions(json::Writer& out, std::string_view name,
                        domain::PermissionSet permissions);
void append_roles(json::Writer& out, std::string_view name, std::string_view roles);
void append_scopes(json::Writer& out, std::string_view name, std::string_view scopes);

}  // namespace confman::api
