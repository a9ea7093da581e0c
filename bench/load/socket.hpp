#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <utility>

#include "bench/load/connection.hpp"

namespace confman::bench {

// Owns a connected, non-blocking TCP socket with TCP_NODELAY.
class Socket {
 public:
  static std::expected<Socket, std::string> connect(const Endpoint& endpoint);

  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket();

  int fd() const { return fd_; }

  struct Transfer {
    std::size_t bytes = 0;
    bool blocked = false;  // nothing (more) for now
    bool lost = false;     // end of file or an error
  };
  // One system call each.
  Transfer send(ByteView bytes) const;
  Transfer receive(char* buffer, std::size_t size) const;

 private:
  explicit Socket(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace confman::bench
