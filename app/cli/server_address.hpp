#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace confman::cli {

struct ServerAddress {
  std::string host;
  std::uint16_t port = 8101;

  std::string to_string() const;
  friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

// An address that another node has given may be gone to. A loopback address is its own machine to
// each: what a far node gives would be somebody else here.
bool can_be_meant(const ServerAddress& address, const ServerAddress& by);

// "http://host:port", "host:port", "host", "[::1]:port". The error is a sentence.
std::expected<ServerAddress, std::string> parse_server(std::string_view text);

}  // namespace confman::cli
