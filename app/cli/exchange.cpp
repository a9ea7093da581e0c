#include "app/cli/exchange.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <algorithm>
#include <cstdint>
#include <istream>
#include <ostream>

#include "app/cli/credentials.hpp"

namespace confman::cli {
namespace {

constexpr std::size_t kMaxChunkLine = 1024;  // size and extensions
constexpr std::size_t kMaxChunkDigits = 15;

Poco::Timespan timespan(Duration d) {
  return {d.us / 1'000'000, d.us % 1'000'000};
}

int hex_digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string way_to_find_out(const Call& call) {
  if (call.idempotency_key.empty()) {
    return call.told_by + " tells; look there before trying again.";
  }
  return "To find out, or to make it, run the same command with\n  --idempotency-key " +
         call.idempotency_key;
}

Exchange::Exchange(const ServerAddress& server, Duration connect_timeout, Duration silence)
    : server_(server), session_(connect(server, connect_timeout, silence)) {}

// The time-outs are set here because a session takes none over to a socket that it is given.
Poco::Net::StreamSocket Exchange::connect(const ServerAddress& server, Duration timeout,
                                          Duration silence) {
  const std::string failed = "cannot connect to " + server.to_string() + ": ";
  try {
    const Poco::Net::SocketAddress address(server.host, server.port);
    Poco::Net::StreamSocket socket;
    socket.connect(address, timespan(timeout));
    socket.setNoDelay(true);
    socket.setReceiveTimeout(timespan(silence));
    socket.setSendTimeout(timespan(silence));
    return socket;
  } catch (const Poco::Net::ConnectionRefusedException&) {
    throw NotConnected{failed + "refused"};
  } catch (const Poco::Net::HostNotFoundException&) {
    throw NotConnected{"unknown host " + server.host};
  } catch (const Poco::Net::DNSException&) {
    throw NotConnected{"unknown host " + server.host};
  } catch (const Poco::TimeoutException&) {
    throw NotConnected{failed + "no answer within " + in_words(timeout)};
  } catch (const Poco::Exception& error) {
    throw NotConnected{failed + error.displayText()};
  }
}

Poco::Net::HTTPResponse Exchange::send(const Call& call) {
  Poco::Net::HTTPRequest request(call.method, call.target, "HTTP/1.1");
  request.setHost(server_.host, server_.port);
  request.set("Accept", call.accept);
  for (const auto& [name, value] : call.headers) request.set(name, value);
  if (const std::string& key = api_key(); !key.empty()) request.set("X-API-Key", key);
  if (!call.idempotency_key.empty()) request.set("Idempotency-Key", call.idempotency_key);
  if (!call.body.empty() || call.method == "PUT") {
    request.setContentLength64(static_cast<Poco::Int64>(call.body.size()));
  }
  session_.sendRequest(request) << call.body << std::flush;
  Poco::Net::HTTPResponse response;
  session_.receiveResponse(response);
  const auto length = response.getContentLength64();
  if (response.getChunkedTransferEncoding()) {
    framing_ = Framing::Chunked;
  } else if (length >= 0) {
    left_ = static_cast<std::uint64_t>(length);
  } else {
    framing_ = Framing::UntilClosed;
  }
  return response;
}

void Exchange::allow_silence(Duration silence) {
  session_.socket().setReceiveTimeout(timespan(silence));
}

std::size_t Exchange::read_body(char* buffer, std::size_t size) {
  if (framing_ == Framing::Chunked && left_ == 0 && !ended_) ended_ = !next_chunk();
  if (framing_ == Framing::Length && left_ == 0) ended_ = true;
  if (ended_) return 0;
  if (framing_ != Framing::UntilClosed) size = std::min<std::uint64_t>(size, left_);
  const int got = session_.read(buffer, static_cast<std::streamsize>(size));
  if (got <= 0) {
    ended_ = true;
    broken_ = framing_ != Framing::UntilClosed;
    return 0;
  }
  if (framing_ != Framing::UntilClosed) left_ -= static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

// RFC 9112, section 7.1. False at the last chunk, and where there is none that can be read.
// Trailers are left where they are: the connection isn't used again.
bool Exchange::next_chunk() {
  broken_ = true;  // until the contrary is read
  if (!std::exchange(first_chunk_, false) && !end_of_line()) return false;
  std::uint64_t size = 0;
  std::size_t digits = 0;
  int c = session_.get();
  for (int digit = 0; (digit = hex_digit(c)) >= 0 && digits <= kMaxChunkDigits; ++digits) {
    size = size * 16 + static_cast<std::uint64_t>(digit);
    c = session_.get();
  }
  if (digits == 0 || digits > kMaxChunkDigits) return false;
  for (std::size_t i = 0; c >= 0 && c != '\n'; ++i) {
    if (i == kMaxChunkLine) return false;
    c = session_.get();
  }
  if (c != '\n') return false;
  broken_ = false;
  left_ = size;
  return size > 0;
}

bool Exchange::end_of_line() {
  return session_.get() == '\r' && session_.get() == '\n';
}

}  // namespace confman::cli
