#include "adapters/http/head_rules.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace confman::http {

namespace {

constexpr std::string_view kVersionPrefix = "HTTP/";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_host_character(char c) {
  // RFC 3986 reg-name and IP-literal, with the port's colon. No '@': there is no user in a Host.
  return is_alphanumeric(c) || std::string_view("-._~!$&'()*+;=:[]%").contains(c);
}

// What is put is never nothing: a missing length is a mistake. A POST without one has an empty body
// (RFC 9112 §6.3); whether that will do is for its resource to say.
bool needs_length(Method method) {
  return method == Method::Put || method == Method::Patch;
}

bool is_bodiless_method(Method method) {
  return method == Method::Get || method == Method::Head || method == Method::Delete ||
         method == Method::Options;
}

// The authority of an absolute-form target ("http://host:port/…"), else nothing.
std::string_view target_authority(const Request& request) {
  const std::string_view target = request.target;
  const auto start = target.find("://");
  if (target.starts_with('/') || start == std::string_view::npos) return {};
  return target.substr(start + 3, request.path_begin - start - 3);
}

Verdict check_host(const Request& request) {
  const std::size_t hosts = request.headers.count("Host");
  if (hosts > 1) {
    return parse_error(400, "duplicate_host", "The request has more than one Host header.");
  }
  if (hosts == 0) {
    if (request.minor_version == 0) return std::nullopt;
    return parse_error(400, "missing_host", "An HTTP/1.1 request needs a Host header.");
  }
  const std::string_view host = *request.headers.get("Host");
  if (host.empty() || !std::ranges::all_of(host, is_host_character)) {
    return parse_error(400, "bad_host",
                       "The Host header must be a host name or address with an "
                       "optional port.");
  }
  const std::string_view authority = target_authority(request);
  if (!authority.empty() && !equals_ignoring_case(authority, host)) {
    return parse_error(400, "host_mismatch",
                       "The host of the request target differs from the Host header.");
  }
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

struct Codings {
  std::size_t total = 0;
  std::size_t chunked = 0;
  bool chunked_is_last = false;
};

Codings transfer_codings(const Request& request) {
  Codings codings;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto [name, value] = request.headers[i];
    if (!equals_ignoring_case(name, "Transfer-Encoding")) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      codings.chunked_is_last = equals_ignoring_case(trim(rest.substr(0, comma)), "chunked");
      codings.chunked += codings.chunked_is_last;
      ++codings.total;
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return codings;
}

// Exactly one coding, "chunked", is spoken. A second one, known or not, would have to be undone
// before the bytes mean anything, and one that we took for something else is how requests are
// smuggled.
Verdict check_transfer_encoding(const Request& request) {
  if (request.headers.count("Transfer-Encoding") == 0) return std::nullopt;
  if (request.headers.count("Content-Length") != 0) {
    return parse_error(400, "conflicting_length",
                       "The request has both Transfer-Encoding and Content-Length.");
  }
  if (request.minor_version == 0) {
    return parse_error(400, "bad_transfer_encoding", "HTTP/1.0 has no Transfer-Encoding.");
  }
  const Codings codings = transfer_codings(request);
  if (codings.chunked > 1 || (codings.chunked == 1 && !codings.chunked_is_last)) {
    return parse_error(400, "bad_transfer_encoding",
                       "\"chunked\" must be the last transfer coding, and only once.");
  }
  if (codings.total != codings.chunked) {
    return parse_error(501, "unsupported_transfer_encoding",
                       "The only transfer coding that is understood is \"chunked\".");
  }
  return std::nullopt;
}

Verdict bad_content_length() {
  return parse_error(400, "bad_content_length",
                     "Content-Length must be one decimal number below 2^64.");
}

Verdict check_body_length(const Request& request, const RequestLimits& limits) {
  std::uint64_t length = 0;
  const auto field = request.headers.get("Content-Length");
  if (field) {
    const char* end = field->data() + field->size();
    const auto [stop, fault] = std::from_chars(field->data(), end, length);
    const bool is_number = fault == std::errc() && stop == end && is_digit(field->front());
    if (!is_number || request.headers.count("Content-Length") > 1) return bad_content_length();
  }
  if (needs_length(request.method) && !field && !is_chunked(request)) {
    return parse_error(411, "length_required",
                       request.method_name + " needs a Content-Length, or chunked coding.");
  }
  if (is_bodiless_method(request.method) && (length > 0 || is_chunked(request))) {
    return parse_error(400, "unexpected_body", request.method_name + " takes no body.");
  }
  if (length > limits.body_bytes) {
    return limit_error(413, "payload_too_large",
                       "The body may have at most " + std::to_string(limits.body_bytes) + " bytes.",
                       limits.body_bytes);
  }
  return std::nullopt;
}

Verdict check_expectations(const Request& request) {
  if (request.minor_version == 0) return std::nullopt;  // RFC 9110 §10.1.1: ignored there
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto [name, value] = request.headers[i];
    if (equals_ignoring_case(name, "Expect") && !equals_ignoring_case(value, "100-continue")) {
      return parse_error(417, "expectation_failed",
                         "The only expectation that is understood is \"100-continue\".");
    }
  }
  return std::nullopt;
}

Verdict header_too_large(std::string_view what, std::size_t limit) {
  return limit_error(431, "header_too_large",
                     std::string(what) + " has at most " + std::to_string(limit) + " bytes.",
                     limit);
}

}  // namespace

ParseError parse_error(int status, std::string_view code, std::string_view detail) {
  return {.status = status, .code = std::string(code), .detail = std::string(detail)};
}

ParseError limit_error(int status, std::string_view code, std::string_view detail,
                       std::uint64_t limit) {
  ParseError error = parse_error(status, code, detail);
  error.limit = limit;
  return error;
}

bool is_chunked(const Request& request) {
  const auto coding = request.headers.get("Transfer-Encoding");
  return coding && equals_ignoring_case(*coding, "chunked");
}

bool expects_continue(const Request& request) {
  return request.minor_version == 1 && request.headers.count("Expect") != 0;
}

Verdict check_request_line(std::string_view line, const RequestLimits& limits) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || line.find(' ', first + 1) != last) {
    return parse_error(400, "bad_request_line",
                       "A request line is a method, a target and HTTP/1.1, each one space apart.");
  }
  if (first > limits.method_bytes) {
    return limit_error(
        400, "bad_method",
        "A method has at most " + std::to_string(limits.method_bytes) + " characters.",
        limits.method_bytes);
  }
  if (last - first - 1 > limits.target_bytes) {
    return limit_error(
        414, "uri_too_long",
        "The request target may have at most " + std::to_string(limits.target_bytes) + " bytes.",
        limits.target_bytes);
  }
  const std::string_view version = line.substr(last + 1);
  const bool well_formed = version.size() == kVersionPrefix.size() + 3 &&
                           version.starts_with(kVersionPrefix) && is_digit(version[5]) &&
                           version[6] == '.' && is_digit(version[7]);
  if (!well_formed) {
    return parse_error(400, "bad_request_line", "The request line does not end with HTTP/1.1.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return parse_error(505, "unsupported_http_version", "HTTP/1.1 and HTTP/1.0 are spoken here.");
  }
  return std::nullopt;
}

Verdict check_header_line(std::string_view line, const RequestLimits& limits) {
  if (line.front() == ' ' || line.front() == '\t') {
    return parse_error(400, "obs_fold", "A header line must not begin with a space or tab.");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) {
    if (line.size() > limits.header_name_bytes) {
      return header_too_large("A header name", limits.header_name_bytes);
    }
    return parse_error(400, "bad_header_line", "A header line has no colon.");
  }
  if (colon > limits.header_name_bytes) {
    return header_too_large("A header name", limits.header_name_bytes);
  }
  if (colon > 0 && (line[colon - 1] == ' ' || line[colon - 1] == '\t')) {
    return parse_error(400, "space_before_colon",
                       "There must be no space between a header's name and its colon.");
  }
  if (trim(line.substr(colon + 1)).size() > limits.header_value_bytes) {
    return header_too_large("A header value", limits.header_value_bytes);
  }
  return std::nullopt;
}

Verdict check_head(const Request& request, const RequestLimits& limits) {
  Verdict verdict = check_host(request);
  if (!verdict) verdict = check_transfer_encoding(request);
  if (!verdict) verdict = check_body_length(request, limits);
  if (!verdict) verdict = check_expectations(request);
  return verdict;
}

}  // namespace confman::http
