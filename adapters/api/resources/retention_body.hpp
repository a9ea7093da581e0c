#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

#include "adapters/http/problem.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

namespace confman::api {

inline constexpr auto kRetentionFields = std::to_array<std::string_view>({"versions", "age"});
struct RetentionTerms {
  std::uint64_t versions{};
  std::int64_t age_ms{};
};
// Both absent: all versions stay.
std::expected<RetentionTerms, http::Problem> retention_of_fields(const json::Value& object);

// Appends them as members of an object.
void append_retention(json::Writer& out, std::uint64_t versions, std::int64_t age_ms);

}  // namespace confman::api
