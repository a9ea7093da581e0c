#include "tests/support/free_ports.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <stdexcept>
#include <unistd.h>

namespace confman::testing {
namespace {

// Below the range from which the system takes ports for outgoing connections: one of those could
// take a node's port while the node is down.
constexpr std::uint16_t kFirstPort = 20'000;
constexpr std::uint16_t kPorts = 12'000;

bool can_listen(std::uint16_t port) {
  try {
    Poco::Net::ServerSocket socket;
    socket.bind(Poco::Net::SocketAddress("127.0.0.1", port), true);
    socket.listen(1);
    return true;
  } catch (const Poco::Exception&) {
    return false;
  }
}

}  // namespace

std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<std::uint16_t> ports;
  const auto offset = static_cast<unsigned>(::getpid()) * 16U;
  for (unsigned i = 0; i < kPorts && ports.size() < count; ++i) {
    const auto port = static_cast<std::uint16_t>(kFirstPort + (offset + i) % kPorts);
    if (can_listen(port)) ports.push_back(port);
  }
  if (ports.size() < count) throw std::runtime_error("no free ports");
  return ports;
}

}  // namespace confman::testing
