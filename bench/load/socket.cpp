#include "bench/load/socket.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>

namespace confman::bench {
namespace {

std::string failure(const Endpoint& endpoint, const char* what) {
  return endpoint.to_string() + ": " + what + ": " +
         std::error_code(errno, std::generic_category()).message();
}

}  // namespace

std::expected<Socket, std::string> Socket::connect(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  if (inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr) != 1) {
    return std::unexpected(endpoint.to_string() + ": not an IPv4 address");
  }
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd_ < 0) {
    return std::unexpected(failure(endpoint, "socket"));
  }
  // On Linux the send timeout bounds connect() too.
  const timeval limit{.tv_sec = 1, .tv_usec = 0};
  const int on = 1;
  if (setsockopt(socket.fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
      setsockopt(socket.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
    return std::unexpected(failure(endpoint, "setsockopt"));
  }
  if (::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return std::unexpected(failure(endpoint, "connect"));
  }
  if (fcntl(socket.fd_, F_SETFL, O_NONBLOCK) != 0) {
    return std::unexpected(failure(endpoint, "fcntl"));
  }
  return socket;
}

Socket::~Socket() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Socket::Transfer Socket::send(ByteView bytes) const {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) {
    return {.bytes = static_cast<std::size_t>(sent),
            .blocked = static_cast<std::size_t>(sent) < bytes.size()};
  }
  const bool blocked = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {.blocked = blocked, .lost = !blocked};
}

Socket::Transfer Socket::receive(char* buffer, std::size_t size) const {
  const ssize_t got = ::recv(fd_, buffer, size, 0);
  if (got > 0) {
    return {.bytes = static_cast<std::size_t>(got)};
  }
  const bool blocked = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {.blocked = blocked, .lost = !blocked};
}

}  // namespace confman::bench
