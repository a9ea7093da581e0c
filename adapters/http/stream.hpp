#pragma once

#include <Poco/Net/StreamSocket.h>
#include <cstddef>
#include <string_view>

namespace confman::http {

enum class Transfer : std::uint8_t { Done, WouldBlock, Ended };

struct TransferResult {
  Transfer kind{};
  std::size_t bytes{};  // > 0 if Done
};

// A connected, non-blocking byte stream. Everything that the server knows of the kind of socket is
// here: a TLS stream has the same five functions.
class Stream {
 public:
  explicit Stream(Poco::Net::StreamSocket socket);

  // Ended: the peer has closed or reset, or the read failed.
  TransferResult read(char* buffer, std::size_t size);
  // Ended: nothing more will get through.
  TransferResult write(std::string_view bytes);
  void shutdown_send();
  void close();
  const Poco::Net::StreamSocket& socket() const { return socket_; }

 private:
  Poco::Net::StreamSocket socket_;
};

}  // namespace confman::http
