#include "adapters/peer/handshake.hpp"

#include <gtest/gtest.h>

namespace confman::peer {
namespace {

const Hello kHello{"prod", {consensus::MemberId{3}, 99}, 4, consensus::MemberId{1}, "h:1"};
const Welcome kWelcome{Rejection::WrongCluster, {consensus::MemberId{1}, 12}, "other"};

TEST(Handshake, HelloAndWelcomeComeBackAsSent) {
  const Bytes hello = encode(kHello) + "rest";
  const auto parsed = parse_hello(hello);
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ((*parsed)->value, kHello);
  EXPECT_EQ((*parsed)->consumed, hello.size() - 4);
  const Bytes welcome = encode(kWelcome);
  EXPECT_EQ((**parse_welcome(welcome)).value, kWelcome);
}

TEST(Handshake, ABeginningIsNoFault) {
  const Bytes hello = encode(kHello);
  for (std::size_t size = 0; size < hello.size(); ++size) {
    const auto parsed = parse_hello(ByteView(hello).substr(0, size));
    ASSERT_TRUE(parsed.has_value()) << size;
    EXPECT_FALSE(parsed->has_value()) << size;
  }
}

TEST(Handshake, EveryFlippedBitIsRefusedOrLeavesItIncomplete) {
  const Bytes good = encode(kHello);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto parsed = parse_hello(bad);
    EXPECT_TRUE(!parsed.has_value() || !parsed->has_value()) << "bit " << bit;
  }
}

TEST(Handshake, HttpOnThePeerPortIsToldByName) {
  EXPECT_EQ(parse_hello("GET / HTTP/1.1\r\n").error(), HandshakeFault::HttpOnPeerPort);
  EXPECT_EQ(parse_hello("\x16\x03\x01\x02").error(), HandshakeFault::BadMagic);
}

TEST(Handshake, ANewerVersionIsToldByName) {
  Bytes hello = encode(kHello);
  hello[4] = 2;
  EXPECT_EQ(parse_hello(hello).error(), HandshakeFault::UnsupportedVersion);
}

}  // namespace
}  // namespace confman::peer
