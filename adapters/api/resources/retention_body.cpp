#include "adapters/api/resources/retention_body.hpp"

#include <optional>
#include <string>

#include "adapters/api/body.hpp"
#include "adapters/api/parameters.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;

// "90d", "12h", "30m".
std::optional<std::int64_t> parse_age(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  if (unit != 'd' && unit != 'h' && unit != 'm') return std::nullopt;
  const std::int64_t unit_ms = unit == 'd' ? kDayMs : unit == 'h' ? kHourMs : kMinuteMs;
  const auto number = parse_number(text.substr(0, text.size() - 1));
  const auto most = static_cast<std::uint64_t>(domain::kMaxKeptMs / unit_ms);
  if (!number || *number == 0 || *number > most) return std::nullopt;
  return static_cast<std::int64_t>(*number) * unit_ms;
}

std::string age_in_words(std::int64_t ms) {
  if (ms % kDayMs == 0) return std::to_string(ms / kDayMs) + "d";
  if (ms % kHourMs == 0) return std::to_string(ms / kHourMs) + "h";
  return std::to_string(ms / kMinuteMs) + "m";
}

}  // namespace

std::expected<RetentionTerms, http::Problem> retention_of_fields(const json::Value& object) {
  RetentionTerms terms;
  if (const json::Value* member = object.find("versions")) {
    const auto number = member->uint64();
    if (!number || *number == 0 || *number > domain::kMaxKeptVersions) {
      return at_field("bad_retention", "versions",
                      "So many of the newest versions of an entry stay: a whole number, 1 to "
                      "1000000.");
    }
    terms.versions = *number;
  }
  if (const json::Value* member = object.find("age")) {
    const auto ms = member->string() == nullptr ? std::nullopt : parse_age(*member->string());
    if (!ms) {
      return at_field("bad_retention", "age",
                      "Versions stay that were live within 1m to 36600d: a whole number and a "
                      "unit, m, h or d.");
    }
    terms.age_ms = *ms;
  }
  return terms;
}

void append_retention(json::Writer& out, std::uint64_t versions, std::int64_t age_ms) {
  if (versions != 0) out.member("versions", versions);
  if (age_ms != 0) out.member("age", age_in_words(age_ms));
}

}  // namespace confman::api
