#pragma once

#include <cstdint>
#include <optional>
#include <string>

// Just enough of IPv4 and TCP to tell whose packet it is, and to forge a reset.
namespace confman::chaos {

using Packet = std::string;

struct TcpHeader {
  std::uint32_t from{};  // IPv4 addresses and ports, in the host's byte order
  std::uint32_t to{};
  std::uint16_t from_port{};
  std::uint16_t to_port{};
  std::uint32_t sequence{};
  std::uint32_t acknowledgement{};
  bool opens = false;         // SYN
  std::uint32_t payload = 0;  // bytes
};

// Nothing if it isn't a whole IPv4 packet with TCP in it.
std::optional<TcpHeader> parse_tcp(const Packet& packet);

// What the receiver of `header` would send if it knew nothing of the connection; and what the
// sender would, towards the receiver, after it.
Packet reset_for_sender(const TcpHeader& header);
Packet reset_for_receiver(const TcpHeader& header);

}  // namespace confman::chaos
