#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/ports.hpp"
#include "adapters/http/problem.hpp"
#include "domain/base/bytes.hpp"
#include "domain/catalogue.hpp"
#include "domain/json/value.hpp"
#include "domain/review/changes.hpp"

// The changes of a request, as bodies carry them:
//
//   {"action":"put","namespace":"/a","key":"k","value":…,"contentType":…,"base":3}
//
// Behind the action and what it is of come the fields of that resource's own body.
namespace confman::api {

struct ReadChanges {
  Bytes joined;                               // domain::join_changes()
  std::vector<std::uint32_t> from_live;       // those that name no base, from 0 on
  std::vector<domain::ChangeTarget> targets;  // in their order
};
// `array` is the text of a JSON array, well formed. Problems point into "/changes".
std::expected<ReadChanges, http::Problem> read_changes(std::string_view array,
                                                       const ValueChecker* checker);
// One that was made otherwise: from what is live, unless it names a version.
std::expected<ReadChanges, http::Problem> one_change(domain::CommandBody change);

// "put"; empty of a command that can't stand in a request.
std::string_view action_of(const domain::CommandBody& change);

}  // namespace confman::api
