#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/request_headers.hpp"
#include "adapters/http/problem.hpp"
#include "domain/model/precondition.hpp"

// Conditional requests (RFC 9110 §13): If-Match and If-None-Match, on writes and on reads. There
// is no Last-Modified: two changes may fall in one second, and a condition on time would then hold
// for the wrong one.
namespace confman::api {

// One entity-tag of a list.
struct EntityTag {
  bool weak = false;
  std::string_view quoted;  // with its quotes
};
struct TagList {
  bool any = false;  // "*"
  std::vector<EntityTag> tags;
};
// Nothing: it isn't a list of entity-tags. The views are into `field`.
std::optional<TagList> parse_tags(std::string_view field);

// Of what is masked: behind what the tag would be otherwise.
inline constexpr std::string_view kMaskedSuffix = "-masked";

// Of a write. A tag that no version can have becomes a version that none can reach: the state
// machine then answers with the current one. Refused: what can't be promised.
std::expected<domain::Precondition, http::Problem> read_precondition(const RequestHeaders& headers);

// Of a read.
struct ReadConditions {
  std::string if_match;  // empty: absent
  std::string if_none_match;
};
// Refused: a field that isn't a list of tags.
std::expected<ReadConditions, http::Problem> read_conditions(const RequestHeaders& headers);

enum class Verdict : std::uint8_t { Answer, NotModified, Failed };
// For an answer that would be 200. `quoted_tag` is empty where the resource has none: then only
// "*" names it.
Verdict evaluate(const ReadConditions& conditions, std::string_view quoted_tag);

}  // namespace confman::api
