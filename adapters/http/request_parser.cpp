#include "adapters/http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>

#include "adapters/http/head_rules.hpp"
#include "domain/base/assert.hpp"

namespace confman::http {

namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;

// More digits would be a chunk of 4 GiB and more: a trick, not a size (and an overflow in many a
// parser in front of this one).
constexpr std::size_t kMaxChunkSizeDigits = 8;
// A body's buffer is not reserved beyond this on a client's word.
constexpr std::size_t kMaxReservedBody = 64 * 1024;

constexpr std::size_t kMaxRequestIdBytes = 64;
constexpr char kTlsHandshake = 0x16;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token_character(char c) {
  return is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::Get;
    case beast::http::verb::head:
      return Method::Head;
    case beast::http::verb::put:
      return Method::Put;
    case beast::http::verb::post:
      return Method::Post;
    case beast::http::verb::patch:
      return Method::Patch;
    case beast::http::verb::delete_:
      return Method::Delete;
    case beast::http::verb::options:
      return Method::Options;
    default:
      return Method::Other;
  }
}

// The grammar: fills a Request. It is fed only what the checks around it have let through, in
// pieces that it never has to keep: a line, a block of header lines, a chunk's head.
class Grammar final : public beast::http::basic_parser<true> {
 public:
  explicit Grammar(Request& request) : request_(request) {
    // Our own checks hold the limits. Not "none": this version compares the length with an empty
    // optional then, and refuses every body.
    body_limit(UINT64_MAX);
    header_limit(UINT32_MAX);
  }

 private:
  void on_request_impl(beast::http::verb verb, beast::string_view method, beast::string_view target,
                       int version, beast::error_code&) override {
    request_.method = method_of(verb);
    request_.method_name = view(method);
    request_.target = view(target);
    request_.minor_version = version % 10;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     beast::error_code&) override {
    if (!in_trailer_) request_.headers.add(view(name), view(value));
  }
  void on_header_impl(beast::error_code&) override { in_trailer_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         beast::error_code&) override {
    request_.body.reserve(std::min<std::uint64_t>(length.value_or(0), kMaxReservedBody));
  }
  std::size_t on_body_impl(beast::string_view body, beast::error_code&) override {
    request_.body.append(view(body));
    return body.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                 beast::error_code&) override {
    request_.body.append(view(body));
    return body.size();
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  void on_finish_impl(beast::error_code&) override {}

  Request& request_;
  bool in_trailer_ = false;
};

// The client's own id for the request, if it is exactly one and a good one.
std::string_view request_id_in(const Request& request) {
  const auto id = request.headers.get("X-Request-Id");
  const bool usable = id && is_request_id(*id) && request.headers.count("X-Request-Id") == 1;
  return usable ? *id : std::string_view();
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestIdBytes &&
         std::ranges::all_of(
             text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

struct RequestParser::Impl {
  explicit Impl(const RequestLimits& request_limits) : limits(request_limits) {}

  // What a step says: so many bytes taken, or nothing if it needs more of them first.
  using Taken = std::optional<std::size_t>;

  Taken step(std::string_view in);
  Taken start(std::string_view in);
  Taken request_line(std::string_view in);
  Taken header_block(std::string_view in);
  Taken sized_body(std::string_view in);
  Taken chunk_head(std::string_view in);
  Taken last_chunk(std::string_view in, std::size_t line_end);
  Taken chunk_data(std::string_view in);

  Taken fail(ParseError reason);
  Taken fail(int status, std::string_view code, std::string_view detail) {
    return fail(parse_error(status, code, detail));
  }
  Verdict header_line(std::string_view line);
  Taken end_of_head(std::string_view block);
  ParseError head_error(BeastError fault) const;
  ParseError length_error(BeastError fault) const;
  // Hands the grammar a piece that has to be whole.
  std::optional<BeastError> put(std::string_view bytes);
  void start_over();

  RequestLimits limits;
  State state = State::Start;
  Request request;
  std::optional<Grammar> grammar;
  ParseError error;

  bool skipped_empty_line = false;
  bool has_request_line = false;
  std::size_t line_start = 0;  // in the bytes not yet taken: the current header line…
  std::size_t searched = 0;    // … and how far its end has been looked for
  std::size_t header_count = 0;
  std::size_t body_left = 0;   // of a body with Content-Length
  std::size_t chunk_left = 0;  // of the current chunk
  std::size_t chunks = 0;
};

RequestParser::Impl::Taken RequestParser::Impl::fail(ParseError reason) {
  error = std::move(reason);
  state = State::Failed;
  return std::nullopt;
}

std::optional<BeastError> RequestParser::Impl::put(std::string_view bytes) {
  beast::error_code code;
  const std::size_t taken = grammar->put({bytes.data(), bytes.size()}, code);
  if (code && code != BeastError::need_more) return static_cast<BeastError>(code.value());
  // The pieces are whole: one that wants more has something open in it, like a quoted string.
  if (taken != bytes.size()) return BeastError::need_more;
  return std::nullopt;
}

void RequestParser::Impl::start_over() {
  state = State::Start;
  request = Request();
  grammar.reset();
  skipped_empty_line = has_request_line = false;
  line_start = searched = header_count = body_left = chunk_left = chunks = 0;
}

RequestParser::Impl::Taken RequestParser::Impl::step(std::string_view in) {
  if (in.empty()) return std::nullopt;
  if (state == State::Start) return start(in);
  if (state == State::Head) return has_request_line ? header_block(in) : request_line(in);
  if (body_left > 0) return sized_body(in);
  return chunk_left > 0 ? chunk_data(in) : chunk_head(in);
}

RequestParser::Impl::Taken RequestParser::Impl::start(std::string_view in) {
  // RFC 9112 §2.2: an empty line before the request line is ignored. One is.
  if (in[0] == '\r' && !skipped_empty_line) {
    if (in.size() == 1) return std::nullopt;
    if (in[1] == '\n') {
      skipped_empty_line = true;
      return 2;
    }
  }
  if (in[0] == '\n') return fail(400, "bare_lf", "Lines end with CR LF.");
  if (in[0] == kTlsHandshake) {
    return fail(400, "tls_on_plain_port", "This port speaks plain HTTP, not TLS.");
  }
  if (!is_token_character(in[0])) {
    return fail(400, "bad_request_line", "A request begins with a method.");
  }
  state = State::Head;
  grammar.emplace(request);
  return 0;
}

RequestParser::Impl::Taken RequestParser::Impl::request_line(std::string_view in) {
  // Two spaces, "HTTP/1.1" and the line's end.
  const std::size_t longest = limits.method_bytes + limits.target_bytes + 12;
  const auto newline = in.find('\n', searched);
  if (std::min(newline, in.size()) >= longest) {
    return fail(limit_error(
        414, "uri_too_long",
        "The request target may have at most " + std::to_string(limits.target_bytes) + " bytes.",
        limits.target_bytes));
  }
  if (newline == std::string_view::npos) {
    searched = in.size();
    return std::nullopt;
  }
  if (newline == 0 || in[newline - 1] != '\r') return fail(400, "bare_lf", "Lines end with CR LF.");
  if (Verdict verdict = check_request_line(in.substr(0, newline - 1), limits)) {
    return fail(std::move(*verdict));
  }
  if (const auto fault = put(in.substr(0, newline + 1))) {
    return *fault == BeastError::bad_method
               ? fail(400, "bad_method", "The method has a character that no method has.")
               : fail(400, "bad_target", "The request target has a control character.");
  }
  if (Verdict verdict = check_target(request)) return fail(std::move(*verdict));
  has_request_line = true;
  searched = 0;
  return newline + 1;
}

// Looks at each line as soon as it is whole, so that a fault is answered at once; the grammar gets
// the block when it is whole.
RequestParser::Impl::Taken RequestParser::Impl::header_block(std::string_view in) {
  for (;;) {
    const auto newline = in.find('\n', searched);
    const std::size_t seen = newline == std::string_view::npos ? in.size() : newline + 1;
    if (seen > limits.header_block_bytes) {
      return fail(limit_error(
          431, "header_too_large",
          "The header may have at most " + std::to_string(limits.header_block_bytes) + " bytes.",
          limits.header_block_bytes));
    }
    searched = seen;
    if (newline == std::string_view::npos) return std::nullopt;
    if (newline == line_start || in[newline - 1] != '\r') {
      return fail(400, "bare_lf", "Lines end with CR LF.");
    }
    const auto line = in.substr(line_start, newline - 1 - line_start);
    line_start = newline + 1;
    if (line.empty()) return end_of_head(in.substr(0, line_start));
    if (Verdict verdict = header_line(line)) return fail(std::move(*verdict));
  }
}

Verdict RequestParser::Impl::header_line(std::string_view line) {
  if (++header_count > limits.headers) {
    return limit_error(431, "too_many_headers",
                       "A request has at most " + std::to_string(limits.headers) + " headers.",
                       limits.headers);
  }
  return check_header_line(line, limits);
}

RequestParser::Impl::Taken RequestParser::Impl::end_of_head(std::string_view block) {
  if (const auto fault = put(block)) return fail(head_error(*fault));
  if (Verdict verdict = check_head(request, limits)) return fail(std::move(*verdict));
  CONFMAN_ASSERT(grammar->chunked() == is_chunked(request),
                 "The HTTP grammar and the checks differ on how a body ends.");
  request.keep_alive = grammar->keep_alive();
  body_left = grammar->content_length().value_or(0);
  state = grammar->is_done() ? State::Complete : State::Body;
  return block.size();
}

ParseError RequestParser::Impl::head_error(BeastError fault) const {
  switch (fault) {
    case BeastError::bad_field:
      return parse_error(400, "bad_header_name",
                         "A header name is empty, or has a character that no header name has.");
    // The grammar refuses a second length with the code of the later one.
    case BeastError::bad_content_length:
    case BeastError::bad_transfer_encoding:
      return length_error(fault);
    default:
      return parse_error(400, "bad_header_value",
                         "A header value has a control character, or a malformed list.");
  }
}

ParseError RequestParser::Impl::length_error(BeastError fault) const {
  const bool later_is_coding = fault == BeastError::bad_transfer_encoding;
  if (request.headers.count(later_is_coding ? "Content-Length" : "Transfer-Encoding") != 0) {
    return parse_error(400, "conflicting_length",
                       "The request has both Transfer-Encoding and Content-Length.");
  }
  return later_is_coding
             ? parse_error(400, "bad_transfer_encoding",
                           "\"chunked\" must be the last transfer coding, and only once.")
             : parse_error(400, "bad_content_length",
                           "Content-Length must be one decimal number below 2^64.");
}

RequestParser::Impl::Taken RequestParser::Impl::sized_body(std::string_view in) {
  const auto part = in.substr(0, body_left);
  if (put(part)) return fail(400, "bad_request", "The body could not be read.");
  body_left -= part.size();
  if (body_left == 0) state = State::Complete;
  return part.size();
}

RequestParser::Impl::Taken RequestParser::Impl::chunk_head(std::string_view in) {
  // The line end after the previous chunk's data belongs to this head.
  const std::string_view lead = chunks == 0 ? "" : "\r\n";
  if (in.substr(0, lead.size()) != lead.substr(0, in.size())) {
    return fail(400, "bad_chunk_framing", "A chunk's data is not followed by CR LF.");
  }
  if (in.size() <= lead.size()) return std::nullopt;

  const auto newline = in.find('\n', lead.size());
  const auto line = in.substr(lead.size(), newline - lead.size());
  const auto digits =
      static_cast<std::size_t>(std::ranges::find_if_not(line, is_hex) - line.begin());
  const bool after_digits_ok =
      digits == line.size() || std::string_view("; \t\r").contains(line[digits]);
  if (digits == 0 || digits > kMaxChunkSizeDigits || !after_digits_ok) {
    return fail(400, "bad_chunk_size", "A chunk's size is 1 to 8 hex digits.");
  }
  if (line.size() > digits + limits.chunk_extension_bytes + 1) {
    return fail(limit_error(400, "chunk_extension_too_long",
                            "A chunk's extensions have at most " +
                                std::to_string(limits.chunk_extension_bytes) + " bytes.",
                            limits.chunk_extension_bytes));
  }
  if (newline == std::string_view::npos) return std::nullopt;
  if (line.back() != '\r') return fail(400, "bare_lf", "Lines end with CR LF.");

  const auto size = std::stoul(std::string(line.substr(0, digits)), nullptr, 16);
  if (size == 0) return last_chunk(in, newline + 1);
  if (++chunks > limits.chunks) {
    return fail(limit_error(400, "too_many_chunks",
                            "A body has at most " + std::to_string(limits.chunks) + " chunks.",
                            limits.chunks));
  }
  if (size > limits.body_bytes - request.body.size()) {
    return fail(
        limit_error(413, "payload_too_large",
                    "The body may have at most " + std::to_string(limits.body_bytes) + " bytes.",
                    limits.body_bytes));
  }
  if (put(in.substr(0, newline + 1))) {
    return fail(400, "bad_chunk_extension", "A chunk's extensions are malformed.");
  }
  chunk_left = size;
  return newline + 1;
}

// The trailer is given to the grammar whole: an assertion of this version's fails when it gets an
// empty last chunk byte by byte.
RequestParser::Impl::Taken RequestParser::Impl::last_chunk(std::string_view in,
                                                           std::size_t line_end) {
  const auto end = in.find("\r\n\r\n", line_end - 2);
  const std::size_t seen = end == std::string_view::npos ? in.size() : end + 4;
  if (seen - line_end > limits.trailer_bytes) {
    return fail(
        limit_error(431, "header_too_large",
                    "A trailer has at most " + std::to_string(limits.trailer_bytes) + " bytes.",
                    limits.trailer_bytes));
  }
  if (end == std::string_view::npos) return std::nullopt;
  const auto trailer = in.substr(line_end, seen - line_end);
  const bool folded = trailer.find("\n ") != std::string_view::npos ||
                      trailer.find("\n\t") != std::string_view::npos || trailer.front() == ' ' ||
                      trailer.front() == '\t';
  if (folded || put(in.substr(0, seen))) {
    return fail(400, "bad_trailer", "The last chunk's extensions or trailer are malformed.");
  }
  state = State::Complete;
  return seen;
}

RequestParser::Impl::Taken RequestParser::Impl::chunk_data(std::string_view in) {
  const auto part = in.substr(0, chunk_left);
  if (put(part)) return fail(400, "bad_request", "The body could not be read.");
  chunk_left -= part.size();
  return part.size();
}

RequestParser::RequestParser(const RequestLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

std::size_t RequestParser::feed(std::string_view in) {
  std::size_t taken = 0;
  while (impl_->state != State::Complete && impl_->state != State::Failed) {
    const auto step = impl_->step(in.substr(taken));
    if (!step) break;
    taken += *step;
  }
  return taken;
}

RequestParser::State RequestParser::state() const {
  return impl_->state;
}

const ParseError& RequestParser::error() const {
  CONFMAN_ASSERT(impl_->state == State::Failed,
                 "The error was asked for of a request that has none.");
  return impl_->error;
}

Request RequestParser::take() {
  CONFMAN_ASSERT(impl_->state == State::Complete, "A request was taken that isn't complete.");
  impl_->grammar.reset();
  Request request = std::move(impl_->request);
  request.id = request_id_in(request);
  impl_->start_over();
  return request;
}

std::optional<ParseError> RequestParser::end_of_stream() const {
  switch (impl_->state) {
    case State::Head:
      return parse_error(400, "incomplete_header", "The connection ended inside the header.");
    case State::Body:
      return parse_error(400, "incomplete_body", "The connection ended inside the body.");
    default:
      return std::nullopt;
  }
}

bool RequestParser::awaits_continue() const {
  return impl_->state == State::Body && impl_->request.body.empty() && impl_->chunks == 0 &&
         expects_continue(impl_->request);
}

std::size_t RequestParser::body_bytes() const {
  return impl_->request.body.size();
}

std::optional<Method> RequestParser::method() const {
  if (impl_->request.method_name.empty()) return std::nullopt;
  return impl_->request.method;
}

std::string_view RequestParser::request_id() const {
  return request_id_in(impl_->request);
}

}  // namespace confman::http
