#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/problem.hpp"
#include "domain/audit/action.hpp"
#include "domain/base/time.hpp"
#include "domain/model/revision.hpp"
#include "domain/past/compare.hpp"

namespace confman::api {

// Every query parameter that the API knows; which of them a resource takes is up to it.
enum class Parameter : std::uint8_t {
  Action,
  Actor,
  At,
  Author,
  Before,
  Consistency,
  Cursor,
  Draft,
  DryRun,
  Encrypted,
  Force,
  Forward,
  From,
  Inbox,
  Key,
  Label,
  LastEventId,
  Limit,
  MaxStaleness,
  MinVersion,
  Namespace,
  Open,
  Owner,
  Permission,
  Prefix,
  Principal,
  Recursive,
  Since,
  State,
  Timeout,
  Title,
  To,
  Version,
  Wait,
};
std::string_view name_of(Parameter parameter);
// A problem with the value of that parameter.
http::Problem unusable(std::string_view code, Parameter parameter, std::string detail);

using ParameterSet = std::uint64_t;
constexpr ParameterSet set_of(std::initializer_list<Parameter> parameters) {
  ParameterSet set = 0;
  for (const Parameter p : parameters) set |= ParameterSet{1} << static_cast<unsigned>(p);
  return set;
}

// The parameters of one request, decoded; each is known, allowed here and, but for label, there at
// most once.
class Parameters {
 public:
  static std::expected<Parameters, http::Problem> parse(std::string_view encoded_query,
                                                        ParameterSet allowed);

  const std::string* find(Parameter parameter) const;
  // In the order in which they were given.
  std::vector<std::string> all(Parameter parameter) const;

  // Of an absent parameter each gives nothing; of an unusable one the problem. Durations are a
  // whole number and a unit: 500ms, 5s, 1m.
  template <class T>
  using Maybe = std::expected<std::optional<T>, http::Problem>;
  Maybe<bool> boolean(Parameter parameter) const;
  Maybe<std::uint64_t> version(Parameter parameter) const;
  Maybe<domain::Revision> revision(Parameter parameter) const;
  Maybe<domain::AsOf> moment(Parameter parameter) const;
  Maybe<domain::VersionChoice> version_or_moment(Parameter parameter) const;
  Maybe<Duration> duration(Parameter parameter, std::string_view code, Duration min,
                           Duration max) const;
  std::expected<std::size_t, http::Problem> limit() const;

 private:
  std::vector<std::pair<Parameter, std::string>> given_;
};

// Decimal digits only, no sign, no leading zero, no overflow.
std::optional<std::uint64_t> parse_number(std::string_view text);
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace confman::api
