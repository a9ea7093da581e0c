#include <array>

#include "adapters/http/head_rules.hpp"
#include "adapters/http/utf8.hpp"

// The request target: its form (RFC 9112 §3.2) and its encoding (RFC 3986).
namespace confman::http {

namespace {

// Unreserved, sub-delims, ':', '@', '/', '?' and '%': what a path and a query are made of.
constexpr std::array<bool, 256> kTargetCharacters = [] {
  std::array<bool, 256> table{};
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c : std::string_view("-._~!$&'()*+,;=:@/?%")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

ParseError error_at(std::size_t offset, std::string_view code, std::string_view detail) {
  ParseError error = parse_error(400, code, detail);
  error.offset = offset;
  return error;
}

// Where in an encoded text the byte is that decodes to the one at `decoded`.
std::size_t encoded_offset(std::string_view text, std::size_t decoded) {
  std::size_t at = 0;
  for (; decoded > 0; --decoded) at += text[at] == '%' ? 3 : 1;
  return at;
}

// Of target[begin, end): the path or the query.
Verdict check_escapes(std::string_view target, std::size_t begin, std::size_t end, bool in_path) {
  const std::string_view text = target.substr(begin, end - begin);
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) {
      return error_at(begin + at, "bad_percent_encoding",
                      "A percent sign in the request target must be followed by two hex digits.");
    }
    if (in_path && text[at + 1] == '2' && (text[at + 2] | 0x20) == 'f') {
      return error_at(begin + at, "encoded_slash",
                      "A path segment can't contain a slash, encoded or not.");
    }
  }
  const std::string decoded = percent_decode(text);
  std::size_t valid = 0;
  while (valid < decoded.size()) {
    const std::size_t length = utf8_sequence_length(std::string_view(decoded).substr(valid));
    if (length == 0) {
      return error_at(begin + encoded_offset(text, valid), "invalid_utf8",
                      "The decoded request target is not valid UTF-8.");
    }
    valid += length;
  }
  return std::nullopt;
}

Verdict check_path_and_query(Request& request) {
  const std::string_view target = request.target;
  bool escaped = false;
  for (std::size_t i = request.path_begin; i < target.size(); ++i) {
    if (!kTargetCharacters[static_cast<unsigned char>(target[i])]) {
      return error_at(i, "bad_target",
                      "The request target has a character that must be percent-encoded.");
    }
    escaped |= target[i] == '%';
  }
  const auto question = target.find('?', request.path_begin);
  request.path_end = std::min(question, target.size());
  request.query_begin = question == std::string_view::npos ? target.size() : question + 1;
  if (!escaped) return std::nullopt;
  Verdict verdict = check_escapes(target, request.path_begin, request.path_end, true);
  if (!verdict) verdict = check_escapes(target, request.query_begin, target.size(), false);
  return verdict;
}

Verdict bad_form() {
  return parse_error(400, "bad_target",
                     "The request target must be a path that begins with a slash, an http(s) URL, "
                     "or * with OPTIONS.");
}

}  // namespace

Verdict check_target(Request& request) {
  const std::string_view target = request.target;
  if (request.method_name == "CONNECT") {
    return parse_error(405, "method_not_allowed", "This server is not a proxy.");
  }
  if (target == "*") {
    if (request.method != Method::Options) return bad_form();
    request.path_begin = 0;
    request.path_end = request.query_begin = 1;
    return std::nullopt;
  }
  request.path_begin = 0;
  if (!target.starts_with('/')) {
    const auto scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return bad_form();
    const auto scheme = target.substr(0, scheme_end);
    if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) {
      return bad_form();
    }
    const auto authority_end = target.find_first_of("/?", scheme_end + 3);
    request.path_begin = std::min(authority_end, target.size());
    if (request.path_begin == scheme_end + 3) return bad_form();
  }
  return check_path_and_query(request);
}

}  // namespace confman::http
