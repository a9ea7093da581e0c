#include "adapters/api/request_headers.hpp"

#include "adapters/api/faults.hpp"
#include "adapters/api/text.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

using http::equals_ignoring_case;

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
    case 9:
      return is("X-API-Key") ? &out.api_key : nullptr;
    case 12:
      return is("Content-Type") ? &out.content_type : nullptr;
    case 13:
      if (is("Content-Range")) return &out.content_range;
      if (is("Last-Event-ID")) return &out.last_event_id;
      return is("Authorization") ? &out.authorization : nullptr;
    case 15:
      return is("Idempotency-Key") ? &out.idempotency_key : nullptr;
    case 16:
      return is("Content-Encoding") ? &out.content_encoding : nullptr;
    case 17:
      return is("X-Confman-Version") ? &out.min_version : nullptr;
    case 19:
      return is("If-Unmodified-Since") ? &out.if_unmodified_since : nullptr;
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

// Several fields of a list are one list.
bool add_to_list(const http::Headers::Field& field, std::string_view name,
                 std::optional<std::string_view>& list, std::string& joined) {
  if (!equals_ignoring_case(field.name, name)) return false;
  if (list) {
    joined = concat({*list, ", ", field.value});
    list = joined;
  } else {
    list = field.value;
  }
  return true;
}

Refused bad_key() {
  http::Problem result =
      problem("bad_idempotency_key",
              "An Idempotency-Key has 1 to 255 visible ASCII characters, bare or in quotes.");
  add_text(result, "header", "Idempotency-Key");
  add_number(result, "limit", domain::kMaxIdempotencyKeyBytes);
  return Refused(std::move(result));
}
static_assert(domain::kMaxIdempotencyKeyBytes == 255);

}  // namespace

std::expected<void, http::Problem> read_headers(const http::Headers& headers, RequestHeaders& out) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto field = headers[i];
    if (field.name.size() == 6 && equals_ignoring_case(field.name, "Accept")) {
      add_accept(field.value, out);
      continue;
    }
    if (add_to_list(field, "If-Match", out.if_match, out.if_match_joined)) continue;
    if (add_to_list(field, "If-None-Match", out.if_none_match, out.if_none_match_joined)) continue;
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

std::expected<domain::Credentials, http::Problem> read_credentials(const RequestHeaders& headers,
                                                                   bool anonymous,
                                                                   std::string_view address) {
  if (headers.api_key && headers.authorization) {
    return refuse("ambiguous_credentials", "Give either X-API-Key or Authorization, not both.");
  }
  domain::Credentials result;
  result.actor = {
      .type = domain::ActorType::Anonymous, .id = "anonymous", .ip = std::string(address)};
  std::optional<std::string_view> key = headers.api_key;
  if (headers.authorization) {
    const std::size_t blank = headers.authorization->find(' ');
    if (!equals_ignoring_case(headers.authorization->substr(0, blank), "Bearer")) {
      return refuse("unsupported_auth_scheme", "The only scheme for Authorization is Bearer.");
    }
    key = blank == std::string_view::npos ? std::string_view()
                                          : headers.authorization->substr(blank + 1);
  }
  if (key) {
    if (!domain::is_api_key(*key)) {
      return refuse("invalid_credentials",
                    "That is no API key: one has the form cfm_ and 72 hexadecimal digits, the last "
                    "eight of which fit the others.");
    }
    result.key = sha256(*key);
  } else if (!anonymous) {
    return refuse("credentials_required", "Give an X-API-Key or an Authorization header.");
  }
  return result;
}

std::expected<void, http::Problem> check_representation(const RequestHeaders& headers) {
  if (headers.content_range) {
    http::Problem result =
        problem("content_range_not_allowed",
                "A write carries the whole value; a part of one can't be stored.");
    add_text(result, "header", "Content-Range");
    return Refused(std::move(result));
  }
  const std::string_view coding = trimmed(headers.content_encoding.value_or(""));
  if (!coding.empty() && !equals_ignoring_case(coding, "identity")) {
    http::Problem result = problem("unsupported_content_encoding",
                                   "A value is sent as it is, without a content coding.");
    add_text(result, "header", "Content-Encoding");
    add_text(result, "accepted", "identity");
    return Refused(std::move(result));
  }
  return {};
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
    http::Problem result = problem(
        "bad_version_token", "X-Confman-Version is two decimal numbers, term:index, as in 5:1234.");
    add_text(result, "header", "X-Confman-Version");
    return Refused(std::move(result));
  }
  return revision;
}

}  // namespace confman::api
