#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>

#include "adapters/http/problem.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

namespace confman::api {

inline constexpr auto kBindingFields = std::to_array<std::string_view>({"schemas"});
// {"schemas":[…]}, as domain::join_bindings() makes it.
std::expected<std::string, http::Problem> bound_of_fields(const json::Value& object);

// Appends it as a member of an object.
void append_bound(json::Writer& out, std::string_view bound);

}  // namespace confman::api
