#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

#include "adapters/http/problem.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"
#include "domain/quotas/quota.hpp"

namespace confman::api {

inline constexpr auto kQuotaFields = std::to_array<std::string_view>({"entries", "bytes"});
struct QuotaLimits {
  std::uint64_t entries{};
  std::uint64_t bytes{};
};
// At least one of them.
std::expected<QuotaLimits, http::Problem> quota_of_fields(const json::Value& object);

// Appends what may be used and what is, as an object.
void append_quota(json::Writer& out, const domain::FoundQuota& quota);

}  // namespace confman::api
