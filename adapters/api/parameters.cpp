#include "adapters/api/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "adapters/api/faults.hpp"
#include "adapters/api/moment.hpp"
#include "adapters/api/suggest.hpp"
#include "adapters/http/message.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

constexpr auto kNames = std::to_array<std::string_view>(
    {"action", "actor",   "at",          "author", "before",        "consistency", "cursor",
     "draft",  "dry_run", "encrypted",   "force",  "forward",       "from",        "inbox",
     "key",    "label",   "lastEventId", "limit",  "max_staleness", "min_version", "namespace",
     "open",   "owner",   "permission",  "prefix", "principal",     "recursive",   "since",
     "state",  "timeout", "title",       "to",     "version",       "wait"});
static_assert(kNames.size() == static_cast<std::size_t>(Parameter::Wait) + 1);
static_assert(std::ranges::is_sorted(kNames));
static_assert(kNames.size() <= 64, "a ParameterSet has a bit for each");

bool contains(ParameterSet set, std::size_t index) {
  return (set >> index & 1U) != 0;
}

http::Problem unknown_parameter(std::string_view name, ParameterSet allowed) {
  std::vector<std::string_view> candidates;
  std::string list;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (!contains(allowed, i)) continue;
    candidates.push_back(kNames[i]);
    list.append(list.empty() ? "" : ", ").append(kNames[i]);
  }
  http::Problem result = problem(
      "unknown_parameter", "The query has a parameter that this resource doesn't know." +
                               did_you_mean(name, candidates) +
                               (list.empty() ? " It takes none." : " It takes: " + list + "."));
  add_text(result, "parameter", name);
  if (const auto best = closest(name, candidates); !best.empty()) {
    add_text(result, "suggestion", best);
  }
  return result;
}

std::string in_words(Duration d) {
  return d.us % 1'000'000 == 0 ? std::to_string(d.us / 1'000'000) + "s"
                               : std::to_string(d.us / 1000) + "ms";
}

}  // namespace

std::string_view name_of(Parameter parameter) {
  return kNames[static_cast<std::size_t>(parameter)];
}

http::Problem unusable(std::string_view code, Parameter parameter, std::string detail) {
  http::Problem result = problem(code, std::move(detail));
  add_text(result, "parameter", name_of(parameter));
  return result;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr std::uint64_t kMaxNumber = 1'000'000'000;  // far from an overflow in microseconds
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number(text.substr(0, digits));
  if (!number || *number > kMaxNumber) return std::nullopt;
  const auto n = static_cast<std::int64_t>(*number);
  const std::string_view unit = text.substr(digits);
  if (unit == "ms") return Duration::millis(n);
  if (unit == "s") return Duration::seconds(n);
  if (unit == "m") return Duration::seconds(n * 60);
  return std::nullopt;
}

std::expected<Parameters, http::Problem> Parameters::parse(std::string_view encoded_query,
                                                           ParameterSet allowed) {
  Parameters result;
  if (encoded_query.empty()) return result;
  for (auto& [name, value] : http::query_parameters(encoded_query)) {
    const auto* found = std::ranges::lower_bound(kNames, name);
    const auto index = static_cast<std::size_t>(found - kNames.begin());
    if (found == kNames.end() || *found != name || !contains(allowed, index)) {
      return Refused(unknown_parameter(name, allowed));
    }
    const auto parameter = static_cast<Parameter>(index);
    if (parameter != Parameter::Label && result.find(parameter) != nullptr) {
      return Refused(unusable("duplicate_parameter", parameter, "A parameter may be given once."));
    }
    result.given_.emplace_back(parameter, std::move(value));
  }
  return result;
}

const std::string* Parameters::find(Parameter parameter) const {
  for (const auto& [given, value] : given_) {
    if (given == parameter) return &value;
  }
  return nullptr;
}

std::vector<std::string> Parameters::all(Parameter parameter) const {
  std::vector<std::string> values;
  for (const auto& [given, value] : given_) {
    if (given == parameter) values.push_back(value);
  }
  return values;
}

Parameters::Maybe<bool> Parameters::boolean(Parameter parameter) const {
  const std::string* text = find(parameter);
  if (text == nullptr) return std::nullopt;
  if (*text == "true" || text->empty()) return true;
  if (*text == "false") return false;
  return Refused(unusable("bad_parameter", parameter, "The parameter is either true or false."));
}

Parameters::Maybe<std::uint64_t> Parameters::version(Parameter parameter) const {
  const std::string* text = find(parameter);
  if (text == nullptr) return std::nullopt;
  const auto number = parse_number(*text);
  if (!number || *number == 0) {
    return Refused(unusable("bad_version", parameter, "A version is a whole number from 1 up."));
  }
  return number;
}

Parameters::Maybe<domain::Revision> Parameters::revision(Parameter parameter) const {
  const std::string* text = find(parameter);
  if (text == nullptr) return std::nullopt;
  const auto revision = domain::parse_revision(*text);
  if (!revision) {
    return Refused(unusable("bad_version_token", parameter,
                            "A revision is two decimal numbers, term:index, as in 5:1234."));
  }
  return revision;
}

Parameters::Maybe<domain::AsOf> Parameters::moment(Parameter parameter) const {
  const std::string* text = find(parameter);
  if (text == nullptr) return std::nullopt;
  const auto moment = parse_moment(*text);
  if (!moment) return Refused(unusable("bad_moment", parameter, std::string(kMomentInWords)));
  return moment;
}

Parameters::Maybe<domain::VersionChoice> Parameters::version_or_moment(Parameter parameter) const {
  const std::string* text = find(parameter);
  if (text == nullptr) return std::nullopt;
  const auto number = parse_number(*text);
  if (number && *number != 0) return domain::VersionChoice(*number);
  const auto moment = parse_moment(*text);
  if (moment) return domain::VersionChoice(*moment);
  return Refused(unusable("bad_moment", parameter,
                          "The parameter is a version, a whole number from 1 up, or a moment. " +
                              std::string(kMomentInWords)));
}

Parameters::Maybe<Duration> Parameters::duration(Parameter parameter, std::string_view code,
                                                 Duration min, Duration max) const {
  const std::string* text = find(parameter);
  if (text == nullptr) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (!duration || *duration < min || *duration > max) {
    http::Problem result =
        unusable(code, parameter,
                 "The parameter is a whole number with a unit (ms, s, m), from " + in_words(min) +
                     " to " + in_words(max) + ".");
    add_text(result, "min", in_words(min));
    add_text(result, "max", in_words(max));
    return Refused(std::move(result));
  }
  return duration;
}

std::expected<std::size_t, http::Problem> Parameters::limit() const {
  const std::string* text = find(Parameter::Limit);
  if (text == nullptr) return domain::kDefaultPageSize;
  const auto number = parse_number(*text);
  if (!number || *number == 0 || *number > domain::kMaxPageSize) {
    http::Problem result = unusable(
        "bad_limit", Parameter::Limit,
        "A limit is a whole number from 1 to " + std::to_string(domain::kMaxPageSize) + ".");
    add_number(result, "min", 1);
    add_number(result, "max", domain::kMaxPageSize);
    return Refused(std::move(result));
  }
  return static_cast<std::size_t>(*number);
}

}  // namespace confman::api
