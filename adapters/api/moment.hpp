#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/past/as_of.hpp"

namespace confman::api {

// A date and a time with its offset (RFC 3339), in milliseconds since 1970; what is finer is cut
// off. Nothing for what isn't one: also for leap seconds, and years before 1970.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);

// A revision, "5:1234", or such a time.
std::optional<domain::AsOf> parse_moment(std::string_view text);
inline constexpr std::string_view kMomentInWords =
    "A moment is a revision, term:index, as in 5:1234, or a time of RFC 3339 from 1970 on, as in "
    "2026-01-15T10:30:00Z or 2026-01-15T11:30:00.250+01:00. In a query a plus sign is %2B.";

}  // namespace confman::api
