#include "bench/load/connection.hpp"

#include <algorithm>
#include <charconv>

#include "bench/load/confman_connection.hpp"
#include "bench/load/etcd_connection.hpp"
#include "bench/load/socket.hpp"

namespace confman::bench {

std::expected<Endpoint, std::string> parse_endpoint(std::string_view text) {
  const std::string whole(text);
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with(kScheme)) {
    text.remove_prefix(kScheme.size());
  }
  const std::size_t colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string_view::npos && colon > 0) {
    endpoint.host = std::string(text.substr(0, colon));
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + colon + 1, last, endpoint.port);
    if (error == std::errc{} && end == last && endpoint.port != 0) {
      return endpoint;
    }
  }
  return std::unexpected("\"" + whole + "\" is not an endpoint like http://127.0.0.1:8101");
}

std::uint32_t connections_for(const Target& target, std::uint32_t clients) {
  if (target.kind == TargetKind::kConfman) {
    return clients;
  }
  const std::uint32_t wanted = target.connections == 0 ? kEtcdConnections : target.connections;
  return std::min(wanted, clients);
}

std::expected<std::unique_ptr<Connection>, std::string> open_connection(TargetKind kind,
                                                                        const Endpoint& endpoint,
                                                                        std::size_t value_size) {
  auto socket = Socket::connect(endpoint);
  if (!socket) {
    return std::unexpected(socket.error());
  }
  if (kind == TargetKind::kEtcd) {
    return std::make_unique<EtcdConnection>(std::move(*socket), endpoint, value_size);
  }
  return std::make_unique<ConfmanConnection>(std::move(*socket), endpoint, value_size);
}

void write_key_digits(char* six_digits, std::uint32_t key) {
  for (int i = 5; i >= 0; --i) {
    six_digits[i] = static_cast<char>('0' + key % 10);
    key /= 10;
  }
}

void write_nonce(char* value, std::size_t value_size, std::uint64_t nonce) {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::size_t size = std::min<std::size_t>(value_size, 16);
  for (std::size_t i = 0; i < size; ++i) {
    value[i] = kDigits[nonce & 15];
    nonce >>= 4;
  }
}

}  // namespace confman::bench
