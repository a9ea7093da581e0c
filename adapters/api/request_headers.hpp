#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"
#include "domain/access/rights.hpp"
#include "domain/model/revision.hpp"

namespace confman::api {

// The header fields that the API reads, found in one pass. Views into the request.
struct RequestHeaders {
  std::string_view accept;  // empty: absent
  std::optional<std::string_view> content_type;
  std::optional<std::string_view> content_encoding;
  std::optional<std::string_view> content_range;
  std::optional<std::string_view> if_match;
  std::optional<std::string_view> if_none_match;
  std::optional<std::string_view> if_unmodified_since;
  std::optional<std::string_view> idempotency_key;
  std::optional<std::string_view> last_event_id;
  std::optional<std::string_view> min_version;  // X-Confman-Version
  std::optional<std::string_view> api_key;
  std::optional<std::string_view> authorization;
  // Where the view above points to when a list came in several fields (RFC 9110 §5.3).
  std::string accept_joined;
  std::string if_match_joined;
  std::string if_none_match_joined;
};
// Refused: a field that isn't a list and is there twice.
std::expected<void, http::Problem> read_headers(const http::Headers& headers, RequestHeaders& out);

// Who asks: an API key, as X-API-Key or as a Bearer token, or nobody in particular where
// `anonymous` may ask. Whose key it is, and what they may, is the node's to say.
std::expected<domain::Credentials, http::Problem> read_credentials(const RequestHeaders& headers,
                                                                   bool anonymous,
                                                                   std::string_view address);

// Of a write: the body is all of the value and nothing but the value (RFC 9110 §14.5, §8.4). Part
// of one, or one that would have to be unpacked, is refused: stored as it is, it would be another.
std::expected<void, http::Problem> check_representation(const RequestHeaders& headers);

// Bare or a structured-field string (draft-ietf-httpapi-idempotency-key-header); empty: absent.
std::expected<std::string, http::Problem> read_idempotency_key(const RequestHeaders& headers);

std::expected<std::optional<domain::Revision>, http::Problem> read_min_version(
    const RequestHeaders& headers);

}  // namespace confman::api
