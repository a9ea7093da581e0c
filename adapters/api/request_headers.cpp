#include "adapters/api/request_headers.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "adapters/api/faults.hpp"
#include "adapters/api/parameters.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

using http::equals_ignoring_case;

constexpr std::uint64_t kVersionOfNothing = std::numeric_limits<std::uint64_t>::max();

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Which of the fields that may come once this is; nullptr for all others. By length first: most
// fields are none of them.
std::optional<std::string_view>* field_for(std::string_view name, RequestHeaders& out) {
  const auto is = [&](std::string_view candidate) { return equals_ignoring_case(name, candidate); };
  switch (name.size()) {
    case 8:
      return is("If-Match") ? &out.if_match : nullptr;
    case 9:
      return is("X-API-Key") ? &out.api_key : nullptr;
    case 12:
      return is("Content-Type") ? &out.content_type : nullptr;
    case 13:
      if (is("If-None-Match")) return &out.if_none_match;
      if (is("Last-Event-ID")) return &out.last_event_id;
      return is("Authorization") ? &out.authorization : nullptr;
    case 15:
      return is("Idempotency-Key") ? &out.idempotency_key : nullptr;
    case 17:
      return is("X-Confman-Version") ? &out.min_version : nullptr;
    default:
      return nullptr;
  }
}

void add_accept(std::string_view value, RequestHeaders& out) {
  if (out.accept.empty()) {
    out.accept = value.empty() ? "*/*" : value;
    return;
  }
  out.accept_joined = std::string(out.accept) + "," + std::string(value);
  out.accept = out.accept_joined;
}

// The version that an entity-tag of ours names: "12", "12-value", "12-yaml".
std::uint64_t version_of_tag(std::string_view tag) {
  const bool quoted = tag.size() >= 2 && tag.front() == '"' && tag.back() == '"';
  if (!quoted) return kVersionOfNothing;
  tag = tag.substr(1, tag.size() - 2);
  const std::string_view suffix = tag.substr(std::min(tag.find('-'), tag.size()));
  if (!suffix.empty() && suffix != "-value" && suffix != "-yaml") return kVersionOfNothing;
  return parse_number(tag.substr(0, tag.size() - suffix.size())).value_or(kVersionOfNothing);
}

Refused bad_key() {
  return refuse("bad_idempotency_key",
                "An Idempotency-Key has 1 to 255 visible ASCII characters, bare or in quotes.");
}

}  // namespace

std::expected<void, http::Problem> read_headers(const http::Headers& headers, RequestHeaders& out) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto field = headers[i];
    if (field.name.size() == 6 && equals_ignoring_case(field.name, "Accept")) {
      add_accept(field.value, out);
      continue;
    }
    std::optional<std::string_view>* known = field_for(field.name, out);
    if (known == nullptr) continue;
    if (known->has_value()) {
      http::Problem result = problem("duplicate_header", "This header field may be given once.");
      add_text(result, "header", field.name);
      return Refused(std::move(result));
    }
    *known = field.value;
  }
  return {};
}

std::expected<void, http::Problem> check_credentials(const RequestHeaders& headers,
                                                     bool development_mode) {
  if (headers.api_key && headers.authorization) {
    return refuse("ambiguous_credentials", "Give either X-API-Key or Authorization, not both.");
  }
  if (headers.authorization) {
    const std::string_view scheme =
        headers.authorization->substr(0, headers.authorization->find(' '));
    if (!equals_ignoring_case(scheme, "Bearer")) {
      return refuse("unsupported_auth_scheme", "The only scheme for Authorization is Bearer.");
    }
  }
  if (headers.api_key || headers.authorization) {
    return refuse("invalid_credentials",
                  "The credentials aren't known here. In development mode, on loopback, none are "
                  "needed: leave them out.");
  }
  if (!development_mode) {
    return refuse("credentials_required", "Give an X-API-Key or an Authorization header.");
  }
  return {};
}

std::expected<domain::Precondition, http::Problem> read_precondition(
    const RequestHeaders& headers) {
  domain::Precondition result;
  if (headers.if_match && headers.if_none_match) {
    return refuse("bad_precondition", "Give either If-Match or If-None-Match.");
  }
  if (headers.if_none_match) {
    if (*headers.if_none_match != "*") {
      return refuse("bad_precondition", "On a write If-None-Match is *: create, never replace.");
    }
    result.if_absent = true;
  }
  if (headers.if_match) {
    const std::string_view tag = trimmed(*headers.if_match);
    if (tag.empty() || tag.find(',') != tag.npos) {
      return refuse("bad_precondition", "If-Match names one version, as in \"12\", or is *.");
    }
    if (tag == "*") {
      result.if_exists = true;
    } else {
      result.if_version = version_of_tag(tag);
    }
  }
  return result;
}

std::expected<std::string, http::Problem> read_idempotency_key(const RequestHeaders& headers) {
  if (!headers.idempotency_key) return std::string();
  std::string_view text = trimmed(*headers.idempotency_key);
  const bool quoted = text.starts_with('"');
  if (quoted) {
    if (text.size() < 2 || text.back() != '"') return bad_key();
    text = text.substr(1, text.size() - 2);
  }
  std::string key;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted && c == '"') return bad_key();
    if (quoted && c == '\\') {
      // RFC 8941 §3.3.3: only a quote and a backslash are escaped.
      ++i;
      if (i == text.size() || (text[i] != '"' && text[i] != '\\')) return bad_key();
      c = text[i];
    }
    if (c < 0x20 || c > 0x7e || (c == ' ' && !quoted)) return bad_key();
    key.push_back(c);
  }
  if (key.empty() || key.size() > domain::kMaxIdempotencyKeyBytes) return bad_key();
  return key;
}

std::expected<std::optional<domain::Revision>, http::Problem> read_min_version(
    const RequestHeaders& headers) {
  if (!headers.min_version) return std::nullopt;
  const auto revision = domain::parse_revision(*headers.min_version);
  if (!revision) {
    return refuse("bad_version_token",
                  "X-Confman-Version is two decimal numbers, term:index, as in 5:1234.");
  }
  return revision;
}

bool names_tag(std::string_view if_none_match, std::string_view quoted_tag) {
  while (!if_none_match.empty()) {
    const std::size_t length = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view tag = trimmed(if_none_match.substr(0, length));
    if_none_match.remove_prefix(std::min(length + 1, if_none_match.size()));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == quoted_tag) return true;
  }
  return false;
}

}  // namespace confman::api
