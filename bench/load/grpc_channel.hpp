#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <string>
#include <vector>

#include "bench/load/connection.hpp"
#include "bench/load/socket.hpp"

struct nghttp2_session;

namespace confman::bench {

// Many unary gRPC calls at once over one HTTP/2 connection without TLS. libnghttp2 does the
// framing, the header compression and the flow control; the windows we grant are so large that no
// answer ever waits for us. Single-threaded; not movable, because libnghttp2 holds its address.
class GrpcChannel {
 public:
  struct Finished {
    std::uint32_t tag = 0;
    int status = -1;            // grpc-status: 0 is OK; -1: the stream ended without one
    std::string message;        // grpc-message
    std::size_t body_size = 0;  // of the response message, without its frame of five bytes
    Bytes body;                 // empty unless kept
  };

  // keep_bodies: whether Finished::body is filled.
  GrpcChannel(Socket socket, const Endpoint& endpoint, bool keep_bodies);
  GrpcChannel(const GrpcChannel&) = delete;
  GrpcChannel& operator=(const GrpcChannel&) = delete;
  ~GrpcChannel();

  int fd() const { return socket_.fd(); }
  // False when the HTTP/2 session takes no more streams: treat the connection as lost.
  bool call(std::uint32_t tag, std::string_view path, ByteView message);
  Connection::Progress flush();
  // Reads once from the socket and appends the calls that ended.
  Connection::Progress receive(std::vector<Finished>& finished);
  // The tags of all calls that haven't ended; they never will.
  std::vector<std::uint32_t> abandon();

 private:
  struct Call {
    std::uint32_t tag = 0;
    bool open = false;
    Bytes framed;  // the request: compressed flag, length, message
    std::size_t sent = 0;
    Finished result;
  };
  struct Callbacks;  // libnghttp2's, which need the private parts

  Call& take_call();

  Socket socket_;
  std::string authority_;
  bool keep_bodies_;
  nghttp2_session* session_ = nullptr;
  std::deque<Call> calls_;  // stable addresses: libnghttp2 points to them
  std::vector<Call*> free_;
  std::vector<Finished>* finished_ = nullptr;  // only during receive()
  Bytes out_;
  std::size_t out_sent_ = 0;
};

// One call on a connection of its own; blocks for at most timeout_ms, and as long again to connect.
std::expected<Bytes, std::string> grpc_call(const Endpoint& endpoint, std::string_view path,
                                            ByteView message, int timeout_ms);

}  // namespace confman::bench
