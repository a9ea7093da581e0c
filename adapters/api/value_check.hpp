#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "adapters/api/ports.hpp"
#include "adapters/http/problem.hpp"
#include "domain/json/reader.hpp"

namespace confman::api {

// The content types that a value may have.
enum class ValueType : std::uint8_t { Json, Yaml, Text, Octets };
std::string_view media_type_of(ValueType type);
std::optional<ValueType> value_type_of(std::string_view media_type);  // without parameters

// "text/plain; charset=UTF-8" → "text/plain". Refused: unsupported_charset (other than UTF-8),
// bad_content_type.
std::expected<std::string_view, http::Problem> media_type_without_parameters(
    std::string_view content_type);

// Well-formedness and size.
std::expected<void, http::Problem> check_value(ValueType type, std::string_view value,
                                               const ValueChecker* checker);

// Of these the size alone.
std::expected<void, http::Problem> check_size(std::string_view value);

http::Problem problem_of(const json::Fault& fault);

}  // namespace confman::api
