#include "tests/chaos/net/packet_switch.hpp"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/chaos/parts/packets.hpp"

namespace confman::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint16_t kPeer = 8201;
constexpr std::uint16_t kOwn = 40'000;  // of whoever dials
constexpr std::size_t kHosts = 3;
constexpr auto kDeadline = 5s;

// Sockets take the place of the devices: one datagram is one packet there, too.
class ChaosNetwork : public ::testing::Test {
 protected:
  ChaosNetwork() {
    std::vector<PacketSwitch::Host> hosts;
    for (std::uint32_t i = 0; i < kHosts; ++i) {
      int pair[2];
      EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
      hosts.push_back({Descriptor(pair[0]), address(i)});
      ends_.emplace_back(pair[1]);
    }
    network_ = std::make_unique<PacketSwitch>(std::move(hosts), kPeer, 1);
  }

  static std::uint32_t address(std::size_t host) {
    return 0x7f4d0001 + static_cast<std::uint32_t>(host);
  }
  // On a connection that `from` has dialled.
  static Packet dialled(std::size_t from, std::size_t to, const std::string& payload) {
    return packet_of({address(from), kOwn}, {address(to), kPeer}, payload);
  }
  // On the same connection, back.
  static Packet answer(std::size_t from, std::size_t to, const std::string& payload) {
    return packet_of({address(from), kPeer}, {address(to), kOwn}, payload);
  }

  void send(std::size_t from, const Packet& packet) {
    ASSERT_EQ(::send(ends_[from].get(), packet.data(), packet.size(), 0),
              static_cast<ssize_t>(packet.size()));
  }
  // The payload of what comes next; "-" if nothing comes until the network has nothing left to do.
  std::string receive(std::size_t at) {
    Packet packet = next(at);
    const auto header = parse_tcp(packet);
    return header ? packet.substr(packet.size() - header->payload) : "-";
  }
  Packet next(std::size_t at, std::chrono::milliseconds within = kDeadline) {
    pollfd ready{ends_[at].get(), POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(within / 1ms)) <= 0) return {};
    Packet packet(2048, '\0');
    const ssize_t size = ::recv(ends_[at].get(), packet.data(), packet.size(), 0);
    packet.resize(static_cast<std::size_t>(std::max<ssize_t>(0, size)));
    return packet;
  }
  // What is sent behind it on an open way arrives, and it doesn't.
  void expect_lost(std::size_t from, std::size_t to, const Packet& packet) {
    const std::uint64_t dropped = network_->counts().dropped;
    send(from, packet);
    const auto deadline = Clock::now() + kDeadline;
    while (network_->counts().dropped == dropped && Clock::now() < deadline) {
      std::this_thread::sleep_for(1ms);
    }
    EXPECT_EQ(network_->counts().dropped, dropped + 1);
    EXPECT_TRUE(next(to, 0ms).empty());
  }

  std::vector<Descriptor> ends_;
  std::unique_ptr<PacketSwitch> network_;
};

TEST_F(ChaosNetwork, CarriesPacketsToWhomTheyAreFor) {
  send(0, dialled(0, 1, "for b"));
  send(0, dialled(0, 2, "for c"));
  EXPECT_EQ(receive(1), "for b");
  EXPECT_EQ(receive(2), "for c");
}

TEST_F(ChaosNetwork, ACutHasADirectionAndAnEnd) {
  const auto cut = network_->impose({{0, 1}}, {.cut = true});
  expect_lost(0, 1, dialled(0, 1, "lost"));
  send(1, dialled(1, 0, "back"));
  EXPECT_EQ(receive(0), "back");
  network_->lift(cut);
  send(0, dialled(0, 1, "again"));
  EXPECT_EQ(receive(1), "again");
}

TEST_F(ChaosNetwork, AFirewallCutsTheConnectionsOfOneSide) {
  network_->impose({{0, 1}}, {.cut_dialled = true});
  expect_lost(0, 1, dialled(0, 1, "lost"));
  expect_lost(1, 0, answer(1, 0, "lost too"));
  send(1, dialled(1, 0, "its own"));
  EXPECT_EQ(receive(0), "its own");
  send(0, answer(0, 1, "answered"));
  EXPECT_EQ(receive(1), "answered");
}

TEST_F(ChaosNetwork, TheWorstOfSeveralTroublesCounts) {
  const auto first = network_->impose({{0, 1}}, {.cut = true});
  const auto second = network_->impose({{0, 1}}, {.loss_per_million = 1'000'000});
  network_->lift(first);
  expect_lost(0, 1, dialled(0, 1, "lost"));
  network_->lift(second);
  send(0, dialled(0, 1, "through"));
  EXPECT_EQ(receive(1), "through");
}

TEST_F(ChaosNetwork, DelayKeepsTheOrder) {
  network_->impose({{0, 1}}, {.delay_us = 20'000, .jitter_us = 20'000});
  const auto sent = Clock::now();
  for (int i = 0; i < 20; ++i) send(0, dialled(0, 1, std::to_string(i)));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(receive(1), std::to_string(i));
  EXPECT_GE(Clock::now() - sent, 20ms);
}

TEST_F(ChaosNetwork, DisorderDoesNot) {
  network_->impose({{0, 1}}, {.jitter_us = 30'000, .keeps_order = false});
  std::vector<int> came;
  for (int i = 0; i < 40; ++i) send(0, dialled(0, 1, std::to_string(i)));
  for (int i = 0; i < 40; ++i) came.push_back(std::stoi(receive(1)));
  EXPECT_FALSE(std::ranges::is_sorted(came));
}

TEST_F(ChaosNetwork, DuplicatesComeTwice) {
  network_->impose({{0, 1}}, {.duplicates_per_million = 1'000'000});
  send(0, dialled(0, 1, "twice"));
  EXPECT_EQ(receive(1), "twice");
  EXPECT_EQ(receive(1), "twice");
}

TEST_F(ChaosNetwork, AThinLinkTakesItsTimeAndDropsWhatPilesUp) {
  network_->impose({{0, 1}}, {.bytes_per_second = 10'000});
  const std::string payload(960, 'x');  // 1000 bytes with the headers
  const auto sent = Clock::now();
  for (int i = 0; i < 3; ++i) send(0, dialled(0, 1, payload));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(receive(1), payload);
  EXPECT_GE(Clock::now() - sent, 290ms);
  for (int i = 0; i < 30; ++i) send(0, dialled(0, 1, payload));
  const auto deadline = Clock::now() + kDeadline;
  while (network_->counts().dropped == 0 && Clock::now() < deadline) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_GT(network_->counts().dropped, 0u);
}

TEST_F(ChaosNetwork, AResetReachesBothEnds) {
  network_->reset({{0, 1}});
  send(0, dialled(0, 1, ""));  // not in the middle of a message
  EXPECT_EQ(receive(1), "");
  send(0, dialled(0, 1, "half a message"));
  const auto at_sender = parse_tcp(next(0));
  const auto at_receiver = parse_tcp(next(1));
  ASSERT_TRUE(at_sender && at_receiver);
  EXPECT_EQ(at_sender->to_port, kOwn);
  EXPECT_EQ(at_receiver->to_port, kPeer);
  EXPECT_EQ(network_->counts().resets, 1u);
  send(0, dialled(0, 1, "the next one"));
  EXPECT_EQ(receive(1), "the next one");
}

}  // namespace
}  // namespace confman::chaos
