#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

// Where something listens: "host:port", as settings, requests and peers write it.
namespace confman {

struct Address {
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port{};
};

// "host:port" or "[v6]:port", port 1–65535. The error is a sentence that says what is allowed.
std::expected<Address, std::string> parse_address(std::string_view text);

// By its text: no name is looked up. "localhost", "::1", 127.0.0.0/8.
bool is_loopback(std::string_view host);

// Whether both name the same place, as far as their texts can tell: letters of either case,
// localhost and 127.0.0.1 are the same. False where one of them is no address.
bool same_address(std::string_view a, std::string_view b);

}  // namespace confman
