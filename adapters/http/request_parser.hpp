#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/message.hpp"

namespace confman::http {

// Bounds of one request. What is over gets the status in the comment.
struct RequestLimits {
  std::size_t method_bytes = 32;               // 400
  std::size_t target_bytes = 16 * 1024;        // 414
  std::size_t headers = 100;                   // 431
  std::size_t header_name_bytes = 256;         // 431
  std::size_t header_value_bytes = 8 * 1024;   // 431
  std::size_t header_block_bytes = 32 * 1024;  // 431
  std::size_t body_bytes = 2 * 1024 * 1024;    // 413
  std::size_t chunks = 8 * 1024;               // 400: 256 bytes a chunk fill the largest body
  std::size_t chunk_extension_bytes = 256;     // 400
  std::size_t trailer_bytes = 8 * 1024;        // 431; trailers are read and dropped
};

struct ParseError {
  int status = 400;
  std::string code;    // stable, snake_case
  std::string detail;  // what was wrong and what is allowed; never the bytes themselves
  std::optional<std::uint64_t> limit{};   // of a size or a count: how much is allowed
  std::optional<std::uint64_t> offset{};  // where in the request's target
};

// An incremental, strict HTTP/1.0 and 1.1 request parser for bytes from strangers. Boost.Beast's
// parser does the grammar; what it leaves open or accepts (RFC 9112 allows a server to refuse it)
// is checked before and after: line endings, folding, Host, every way to say a length twice,
// codings other than chunked, bodies where none is due, the target's form and encoding, all the
// limits.
//
// The verdict depends on the bytes only, never on how they were cut into feeds.
// Not thread-safe.
class RequestParser {
 public:
  enum class State : std::uint8_t {
    Start,  // nothing of a request has come yet
    Head,   // inside the request line or the header fields
    Body,
    Complete,  // take() it
    Failed,    // error() says why; nothing more can be fed: the stream's framing is lost
  };

  explicit RequestParser(const RequestLimits& limits = {});
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // Takes bytes from the front of `in` and returns how many. The rest must be presented again at
  // the front of the next feed; there is a rest only when more bytes are needed to go on (at most a
  // header block or a chunk's head), or in the states Complete and Failed.
  std::size_t feed(std::string_view in);
  State state() const;
  // Precondition: Failed.
  const ParseError& error() const;
  // Precondition: Complete. The parser starts over.
  Request take();

  // What it means that the stream ends here: nothing in the state Start, an incomplete request
  // else.
  std::optional<ParseError> end_of_stream() const;
  // The client waits for "100 Continue" before it sends the body; true from the end of an
  // acceptable head until the first byte of the body.
  bool awaits_continue() const;
  // Bytes of body decoded so far.
  std::size_t body_bytes() const;
  // Of the request that is being read, once its first line is known to be good.
  std::optional<Method> method() const;
  // After a failure: what was said as X-Request-Id, if the head came that far and it is a good one.
  std::string_view request_id() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// 1 to 64 characters of [A-Za-z0-9._-].
bool is_request_id(std::string_view text);

}  // namespace confman::http
