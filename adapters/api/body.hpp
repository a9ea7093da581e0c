#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/api/faults.hpp"
#include "adapters/http/problem.hpp"
#include "domain/json/value.hpp"
#include "domain/model/labels.hpp"

// What the bodies of requests have in common: they are JSON objects, and what is wrong with one is
// said with a pointer (RFC 6901).
namespace confman::api {

// The object that the body of type application/json is. Refused: what isn't one, and a field that
// isn't among these.
std::expected<json::Value, http::Problem> read_json_object(
    std::optional<std::string_view> content_type, std::string_view body,
    std::span<const std::string_view> fields);
std::expected<void, http::Problem> check_fields(const json::Value& body,
                                                std::span<const std::string_view> fields);

// Fields that may be absent, and then are empty.
std::expected<std::string, http::Problem> text_field(const json::Value& object,
                                                     std::string_view name);
std::expected<domain::Labels, http::Problem> labels_field(const json::Value& object);

// A problem with that field of the object.
Refused at_field(std::string_view code, std::string_view field, std::string detail);
// A Content-Type that isn't one of these.
Refused unsupported_type(std::string_view accepted);

}  // namespace confman::api
