#pragma once

#include <cstddef>
#include <expected>
#include <optional>

#include "domain/base/bytes.hpp"

namespace confman::bench {

// One HTTP/1.1 response, viewed in the buffer that it was read from.
struct HttpResponse {
  int status = 0;
  ByteView body;
  std::size_t size = 0;  // of head and body: where the next response begins
  bool keep_alive = true;
};

enum class HttpFault {
  kMalformed,    // not an HTTP/1.x response
  kUnsupported,  // a transfer encoding, or no length at all
  kTooLarge,     // over kMaxHead or kMaxBody
};

inline constexpr std::size_t kMaxHead = 16 * 1024;
inline constexpr std::size_t kMaxBody = 4 * 1024 * 1024;

// The response at the front of `buffer`, or nothing while it isn't complete. Keeps no state: a
// response that comes in pieces is looked at again from its beginning, which is cheaper than a
// state machine for the responses of a load, which nearly always come whole.
std::expected<std::optional<HttpResponse>, HttpFault> read_response(ByteView buffer);

}  // namespace confman::bench
