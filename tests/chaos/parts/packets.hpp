#pragma once

#include "tests/chaos/net/packet.hpp"

namespace confman::chaos {

struct Endpoint {
  std::uint32_t address{};
  std::uint16_t port{};
};

// A TCP packet with this payload. (A reset has everything that a header has; what it lacks is
// payload.)
inline Packet packet_of(const Endpoint& from, const Endpoint& to, const std::string& payload,
                        std::uint32_t sequence = 1000) {
  Packet packet = reset_for_receiver({.from = from.address,
                                      .to = to.address,
                                      .from_port = from.port,
                                      .to_port = to.port,
                                      .sequence = sequence,
                                      .acknowledgement = 500});
  packet += payload;
  packet[2] = static_cast<char>(packet.size() >> 8);
  packet[3] = static_cast<char>(packet.size());
  return packet;
}

}  // namespace confman::chaos
