#include "tests/chaos/net/packet.hpp"

#include <netinet/in.h>

namespace confman::chaos {
namespace {

constexpr std::size_t kIpBytes = 20;
constexpr std::size_t kTcpBytes = 20;
constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kReset = 0x04;
constexpr std::uint8_t kAcknowledges = 0x10;

std::uint8_t u8(const Packet& packet, std::size_t at) {
  return static_cast<std::uint8_t>(packet[at]);
}
std::uint16_t u16(const Packet& packet, std::size_t at) {
  return static_cast<std::uint16_t>(u8(packet, at) << 8 | u8(packet, at + 1));
}
std::uint32_t u32(const Packet& packet, std::size_t at) {
  return static_cast<std::uint32_t>(u16(packet, at)) << 16 | u16(packet, at + 2);
}

void put16(Packet& packet, std::size_t at, std::uint32_t value) {
  packet[at] = static_cast<char>(value >> 8);
  packet[at + 1] = static_cast<char>(value);
}
void put32(Packet& packet, std::size_t at, std::uint32_t value) {
  put16(packet, at, value >> 16);
  put16(packet, at + 2, value & 0xffff);
}

// RFC 1071, over an even number of bytes.
std::uint32_t sum_of(const Packet& packet, std::size_t from, std::size_t size) {
  std::uint32_t sum = 0;
  for (std::size_t at = from; at < from + size; at += 2) sum += u16(packet, at);
  return sum;
}
std::uint32_t checksum(std::uint32_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

struct Reset {
  std::uint32_t from, to;
  std::uint16_t from_port, to_port;
  std::uint32_t sequence, acknowledgement;
};

Packet forge(const Reset& reset) {
  Packet packet(kIpBytes + kTcpBytes, '\0');
  packet[0] = 0x45;
  put16(packet, 2, kIpBytes + kTcpBytes);
  packet[8] = 64;  // hops
  packet[9] = IPPROTO_TCP;
  put32(packet, 12, reset.from);
  put32(packet, 16, reset.to);
  put16(packet, 10, checksum(sum_of(packet, 0, kIpBytes)));
  put16(packet, 20, reset.from_port);
  put16(packet, 22, reset.to_port);
  put32(packet, 24, reset.sequence);
  put32(packet, 28, reset.acknowledgement);
  packet[32] = kTcpBytes / 4 << 4;
  packet[33] = kReset | kAcknowledges;
  const std::uint32_t pseudo = sum_of(packet, 12, 8) + IPPROTO_TCP + kTcpBytes;
  put16(packet, 36, checksum(pseudo + sum_of(packet, kIpBytes, kTcpBytes)));
  return packet;
}

}  // namespace

std::optional<TcpHeader> parse_tcp(const Packet& packet) {
  if (packet.size() < kIpBytes + kTcpBytes || u8(packet, 0) >> 4 != 4) return std::nullopt;
  const std::size_t ip = (u8(packet, 0) & 0xfU) * 4U;
  const bool whole = u16(packet, 2) == packet.size() && packet.size() >= ip + kTcpBytes;
  if (u8(packet, 9) != IPPROTO_TCP || ip < kIpBytes || !whole) return std::nullopt;
  const std::size_t tcp = (u8(packet, ip + 12) >> 4U) * 4U;
  if (packet.size() < ip + tcp) return std::nullopt;
  return TcpHeader{.from = u32(packet, 12),
                   .to = u32(packet, 16),
                   .from_port = u16(packet, ip),
                   .to_port = u16(packet, ip + 2),
                   .sequence = u32(packet, ip + 4),
                   .acknowledgement = u32(packet, ip + 8),
                   .opens = (u8(packet, ip + 13) & kSyn) != 0,
                   .payload = static_cast<std::uint32_t>(packet.size() - ip - tcp)};
}

Packet reset_for_sender(const TcpHeader& header) {
  return forge({header.to, header.from, header.to_port, header.from_port, header.acknowledgement,
                header.sequence + header.payload});
}

Packet reset_for_receiver(const TcpHeader& header) {
  return forge({header.from, header.to, header.from_port, header.to_port, header.sequence,
                header.acknowledgement});
}

}  // namespace confman::chaos
