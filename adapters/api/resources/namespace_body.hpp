#pragma once

#include <array>
#include <expected>
#include <string_view>

#include "adapters/http/problem.hpp"
#include "domain/json/value.hpp"
#include "domain/namespaces/commands.hpp"

namespace confman::api {

inline constexpr auto kNamespaceFields =
    std::to_array<std::string_view>({"description", "owner", "labels", "inherit"});
// {"description":…, "owner":…, "labels":{…}, "inherit":…}, each of them optional: all of the change
// but its path and its condition.
std::expected<domain::PutNamespace, http::Problem> namespace_of_fields(const json::Value& object);

}  // namespace confman::api
