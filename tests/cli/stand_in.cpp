#include "tests/cli/stand_in.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace confman::testing {
namespace {

std::size_t body_size(const std::string& head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  return at == head.npos ? 0 : std::strtoull(head.c_str() + at + kName.size(), nullptr, 10);
}

std::string read_request(int connection) {
  std::string request;
  std::array<char, 4096> buffer{};
  while (true) {
    const std::size_t end = request.find("\r\n\r\n");
    if (end != request.npos && request.size() >= end + 4 + body_size(request.substr(0, end + 2))) {
      return request;
    }
    const ssize_t got = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (got <= 0) return request;
    request.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

StandIn::StandIn(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

StandIn::~StandIn() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void StandIn::serve() {
  while (!stopping_) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    answer(connection);
    ::close(connection);
  }
}

void StandIn::answer(int connection) {
  const std::string request = read_request(connection);
  if (request.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  std::string_view rest;
  const std::string bytes = script_(request);
  for (rest = bytes; !rest.empty();) {
    const ssize_t sent = ::send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::vector<std::string> StandIn::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t StandIn::count(std::string_view start) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count_if(
      requests_, [&](const std::string& request) { return request.starts_with(start); }));
}

std::string http_answer(const std::string& status, const std::string& headers,
                        const std::string& body) {
  return "HTTP/1.1 " + status + "\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

std::string confman_answer(const std::string& body, const std::string& node,
                           const std::string& leader, const std::string& status) {
  return http_answer(
      status,
      "Content-Type: application/json\r\nX-Confman-Version: 1:1\r\nX-Confman-Node: " + node +
          "\r\n" + (leader.empty() ? "" : "X-Confman-Leader: " + leader + "\r\n"),
      body);
}

std::string confman_problem(int status, const std::string& code, const std::string& more) {
  const std::string number = std::to_string(status);
  return http_answer(number + " Problem",
                     "Content-Type: application/problem+json\r\nX-Confman-Version: 1:1\r\n"
                     "X-Confman-Node: node1\r\n",
                     "{\"type\":\"https://confman.dev/problems/" + code + "\",\"status\":" +
                         number + ",\"code\":\"" + code + "\",\"detail\":\"Words.\"" + more + "}");
}

}  // namespace confman::testing
