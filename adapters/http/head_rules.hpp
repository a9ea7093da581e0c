#pragma once

#include <optional>
#include <string_view>

#include "adapters/http/message.hpp"
#include "adapters/http/request_parser.hpp"

// What a request's head has to obey beyond the grammar. Each function answers nothing if all is
// well. Internal to the parser.
namespace confman::http {

using Verdict = std::optional<ParseError>;

ParseError parse_error(int status, std::string_view code, std::string_view detail);
// Something is more than `limit`.
ParseError limit_error(int status, std::string_view code, std::string_view detail,
                       std::uint64_t limit);

// A request line without its CRLF: three words, a version that we speak, sizes. Leaves the words'
// characters to the grammar.
Verdict check_request_line(std::string_view line, const RequestLimits& limits);

// A header line without its CRLF: sizes, no folding, no space before the colon.
Verdict check_header_line(std::string_view line, const RequestLimits& limits);

// The target's form and encoding; fills in where path and query are. Reads method and target.
Verdict check_target(Request& request);

// All header fields have come: Host, the body's length, codings, expectations.
Verdict check_head(const Request& request, const RequestLimits& limits);

bool is_chunked(const Request& request);
bool expects_continue(const Request& request);

}  // namespace confman::http
