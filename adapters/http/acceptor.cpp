#include "adapters/http/acceptor.hpp"

#include <Poco/Net/StreamSocketImpl.h>
#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/http/problem.hpp"

namespace confman::http {

namespace {

constexpr int kBacklog = 4096;
// One turn accepts no more than this, so that a storm of connections doesn't starve the open ones.
constexpr int kAcceptsPerTurn = 64;

int open_spare() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

std::string numeric_address(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN] = "";
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  } else if (from.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  }
  return text;
}

// The whole answer to a connection that isn't taken. It has no request's id and no Date (RFC 9110
// §6.6.1: a 5xx may go without). Without a limit: it is the process that has no descriptor left.
std::string refusal(std::optional<std::uint64_t> limit) {
  const ParseError error{.status = 503,
                         .code = "too_many_connections",
                         .detail = "The server has as many connections as it takes.",
                         .limit = limit};
  const Response response = problem_response(problem_of(error, std::nullopt, {}));
  return "HTTP/1.1 503 Service Unavailable\r\n" + response.header_block() +
         "Content-Length: " + std::to_string(response.body.size()) +
         "\r\nRetry-After: 1\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n" +
         response.body;
}

}  // namespace

Acceptor::Acceptor(net::IoLoop& loop, const ServerConfig& config, Counters& counters, Adopt adopt)
    : loop_(loop),
      config_(config),
      counters_(counters),
      adopt_(std::move(adopt)),
      when_full_(refusal(config.max_connections)),
      when_out_of_descriptors_(refusal(std::nullopt)),
      resume_([this] { loop_.set_interest(listener_, net::Interest::Read); }),
      spare_(open_spare()) {
  // The third argument is the point: SO_REUSEPORT would let a second process share the port
  // unnoticed.
  listener_.bind(Poco::Net::SocketAddress(config.address, config.port), true, false);
  listener_.listen(kBacklog);
  listener_.setBlocking(false);
  loop_.add(listener_, net::Interest::Read, *this);
}

Acceptor::~Acceptor() {
  close();
}

void Acceptor::close() {
  if (!open_) return;
  open_ = false;
  loop_.disarm(resume_);
  loop_.remove(listener_);
  listener_.close();
  if (spare_ >= 0) ::close(spare_);
}

void Acceptor::on_io(net::IoEvents) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const Outcome outcome = accept_one();
    if (outcome == Outcome::NoneWaiting) return;
    if (outcome == Outcome::OutOfDescriptors) {
      refuse_with_spare();
      return pause();
    }
  }
}

Acceptor::Outcome Acceptor::accept_one() {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int fd = ::accept4(listener_.impl()->sockfd(), reinterpret_cast<sockaddr*>(&from), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    const bool exhausted =
        errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (exhausted) return Outcome::OutOfDescriptors;
    // Nothing there (any more); other errors are the one connection's that was in front.
    return errno == EAGAIN || errno == EWOULDBLOCK ? Outcome::NoneWaiting : Outcome::Accepted;
  }
  if (counters_.connections.load() >= config_.max_connections) {
    refuse(fd, when_full_);
    return Outcome::Accepted;
  }
  ++counters_.connections;
  ++counters_.accepted;
  Poco::Net::StreamSocket socket(new Poco::Net::StreamSocketImpl(fd));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  adopt_(Stream(std::move(socket)), numeric_address(from));
  return Outcome::Accepted;
}

// As far as it goes without waiting: the answer usually fits the socket's buffer.
void Acceptor::refuse(int fd, std::string_view answer) {
  ++counters_.refused;
  if (::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
    ::shutdown(fd, SHUT_WR);
  }
  ::close(fd);
}

void Acceptor::refuse_with_spare() {
  if (spare_ < 0) return;
  ::close(spare_);
  const int fd = ::accept4(listener_.impl()->sockfd(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) refuse(fd, when_out_of_descriptors_);
  spare_ = open_spare();
}

void Acceptor::pause() {
  loop_.set_interest(listener_, net::Interest::None);
  loop_.arm(resume_, loop_.now() + config_.accept_pause);
}

}  // namespace confman::http
