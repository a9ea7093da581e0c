#include "tests/http/client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace confman::http::test {

namespace {

constexpr int kPatienceMs = 10'000;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

std::string Answer::code() const {
  constexpr std::string_view kMember = "\"code\":\"";
  const auto at = body.find(kMember);
  if (at == std::string::npos) return "";
  const auto start = at + kMember.size();
  return body.substr(start, body.find('"', start) - start);
}

bool Answer::closes() const {
  const auto connection = headers.find("connection");
  return connection != headers.end() && connection->second == "close";
}

Client::Client(std::uint16_t port, int receive_buffer)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int failed = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  EXPECT_EQ(failed, 0) << "cannot connect, errno " << errno;
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Client::shutdown_send() {
  ::shutdown(fd_, SHUT_WR);
}

bool Client::readable_now() const {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) > 0;
}

bool Client::fill() {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, kPatienceMs) <= 0) {
    ADD_FAILURE() << "the server neither answered nor closed";
    return false;
  }
  char bytes[16 * 1024];
  const auto n = ::recv(fd_, bytes, sizeof bytes, 0);
  if (n <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return true;
}

std::optional<std::string> Client::read_until(std::string_view delimiter) {
  for (;;) {
    const auto at = buffer_.find(delimiter);
    if (at != std::string::npos) return read_exactly(at + delimiter.size());
    if (!fill()) return std::nullopt;
  }
}

std::optional<std::string> Client::read_exactly(std::size_t size) {
  while (buffer_.size() < size) {
    if (!fill()) return std::nullopt;
  }
  std::string result = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return result;
}

bool Client::at_end() {
  return buffer_.empty() && !fill() && buffer_.empty();
}

std::string Client::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::optional<Answer> Client::read_answer(bool to_head) {
  const auto head = read_until("\r\n\r\n");
  if (!head) return std::nullopt;
  Answer answer;
  EXPECT_TRUE(head->starts_with("HTTP/1.1 ")) << *head;
  answer.status = std::stoi(head->substr(9, 3));
  for (auto at = head->find("\r\n") + 2; at + 2 < head->size();) {
    const auto end = head->find("\r\n", at);
    const auto colon = head->find(": ", at);
    answer.headers[lower(head->substr(at, colon - at))] = head->substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  if (to_head || answer.status < 200 || answer.status == 204 || answer.status == 304) return answer;
  if (const auto length = answer.headers.find("content-length"); length != answer.headers.end()) {
    const auto body = read_exactly(std::stoul(length->second));
    EXPECT_TRUE(body) << "the answer is shorter than its Content-Length";
    answer.body = body.value_or("");
    return answer;
  }
  EXPECT_EQ(answer.headers["transfer-encoding"], "chunked");
  for (;;) {
    const auto size = std::stoul(read_until("\r\n").value_or("0"), nullptr, 16);
    answer.body.append(read_exactly(size).value_or(""));
    EXPECT_EQ(read_exactly(2), "\r\n");
    if (size == 0) return answer;
  }
}

std::optional<Answer> ask_once(std::uint16_t port, std::string_view bytes) {
  Client client(port);
  client.send(bytes);
  return client.read_answer();
}

}  // namespace confman::http::test
