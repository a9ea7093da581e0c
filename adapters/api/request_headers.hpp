#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"
#include "domain/command.hpp"
#include "domain/rows.hpp"

namespace confman::api {

// The header fields that the API reads, found in one pass. Views into the request.
struct RequestHeaders {
  std::string_view accept;  // empty: absent
  std::optional<std::string_view> content_type;
  std::optional<std::string_view> if_match;
  std::optional<std::string_view> if_none_match;
  std::optional<std::string_view> idempotency_key;
  std::optional<std::string_view> last_event_id;
  std::optional<std::string_view> min_version;  // X-Confman-Version
  std::optional<std::string_view> api_key;
  std::optional<std::string_view> authorization;
  std::string accept_joined;  // what `accept` points to when there were several Accept fields
};
// Refused: a field other than Accept that is there twice.
std::expected<void, http::Problem> read_headers(const http::Headers& headers, RequestHeaders& out);

// There is no credential store yet, so every credential is a wrong one; in development mode none is
// needed.
std::expected<void, http::Problem> check_credentials(const RequestHeaders& headers,
                                                     bool development_mode);

// If-Match and If-None-Match of a write. A tag that no version can have becomes a version that none
// can reach: the state machine then answers with the current one.
std::expected<domain::Precondition, http::Problem> read_precondition(const RequestHeaders& headers);

// Bare or a structured-field string (draft-ietf-httpapi-idempotency-key-header); empty: absent.
std::expected<std::string, http::Problem> read_idempotency_key(const RequestHeaders& headers);

std::expected<std::optional<domain::Revision>, http::Problem> read_min_version(
    const RequestHeaders& headers);

// Whether a GET's If-None-Match names this tag (weak comparison, RFC 9110 §13.1.2).
bool names_tag(std::string_view if_none_match, std::string_view quoted_tag);

}  // namespace confman::api
