#include "tests/chaos/net/packet.hpp"

#include <gtest/gtest.h>

#include "tests/chaos/parts/packets.hpp"

namespace confman::chaos {
namespace {

constexpr std::uint32_t kA = 0x7f4d0001;
constexpr std::uint32_t kB = 0x7f4d0002;

Packet data_packet() {
  return packet_of({kA, 1}, {kB, 2}, "some bytes");
}

// The sum over everything that a right checksum covers, itself included, is all ones.
std::uint32_t sum(const std::string& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<std::uint8_t>(bytes[i]) << 8 | static_cast<std::uint8_t>(bytes[i + 1]);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

TEST(ChaosPacket, TellsWhoseItIs) {
  const auto header = parse_tcp(data_packet());
  ASSERT_TRUE(header);
  EXPECT_EQ(header->from, kA);
  EXPECT_EQ(header->to, kB);
  EXPECT_EQ(header->from_port, 1);
  EXPECT_EQ(header->to_port, 2);
  EXPECT_EQ(header->sequence, 1000u);
  EXPECT_EQ(header->payload, 10u);
  EXPECT_FALSE(header->opens);
}

TEST(ChaosPacket, WhatIsNoWholeTcpPacketIsNone) {
  const Packet whole = data_packet();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_tcp(whole.substr(0, size))) << size;
  }
  Packet other = whole;
  other[9] = 17;  // UDP
  EXPECT_FALSE(parse_tcp(other));
  other = whole;
  other[0] = 0x65;  // IPv6
  EXPECT_FALSE(parse_tcp(other));
  other = whole;
  other[32] = '\xf0';  // a header longer than the packet
  EXPECT_FALSE(parse_tcp(other));
}

TEST(ChaosPacket, ResetsAreWhatBothEndsExpect) {
  const auto data = *parse_tcp(data_packet());
  const Packet to_sender = reset_for_sender(data);
  const Packet to_receiver = reset_for_receiver(data);
  const auto back = *parse_tcp(to_sender);
  EXPECT_EQ(back.to, data.from);
  EXPECT_EQ(back.to_port, data.from_port);
  EXPECT_EQ(back.sequence, data.acknowledgement);  // RFC 5961: the next byte that it expects
  const auto on = *parse_tcp(to_receiver);
  EXPECT_EQ(on.to, data.to);
  EXPECT_EQ(on.sequence, data.sequence);
  for (const Packet& packet : {to_sender, to_receiver}) {
    EXPECT_EQ(packet.size(), 40u);
    EXPECT_EQ(sum(packet.substr(0, 20)), 0xffffu);
    const std::string pseudo = packet.substr(12, 8) + std::string("\0\6\0\24", 4);
    EXPECT_EQ(sum(pseudo + packet.substr(20)), 0xffffu);
    EXPECT_EQ(packet[33], 0x14);  // RST, ACK
  }
}

}  // namespace
}  // namespace confman::chaos
