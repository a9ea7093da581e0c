#include "adapters/peer/peer_network.hpp"

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <algorithm>
#include <atomic>
#include <cstring>
#include <future>
#include <gtest/gtest.h>
#include <map>
#include <memory>

#include "adapters/peer/frame.hpp"
#include "tests/support/free_ports.hpp"

namespace confman::peer {
namespace {

constexpr consensus::GroupId kGroup{3};

consensus::Membership members(int count) {
  consensus::Membership membership;
  for (const std::uint16_t port : testing::free_ports(static_cast<std::size_t>(count))) {
    const std::uint64_t id = membership.members.size() + 1;
    membership.members.push_back({.id = consensus::MemberId{id},
                                  .name = "node" + std::to_string(id),
                                  .peer_address = "127.0.0.1:" + std::to_string(port),
                                  .api_address = "127.0.0.1:1"});
  }
  return membership;
}

node::PeerMessage forward(std::uint64_t from, std::uint64_t to, std::uint64_t id, Bytes command) {
  node::PeerMessage message{{consensus::MemberId{from}, from * 100}, consensus::MemberId{to}, {}};
  message.body = node::ForwardWrite{id, consensus::Term{1}, make_payload(std::move(command))};
  return message;
}

// From member `from` to member 1.
Hello hello(std::uint64_t from) {
  return {.cluster = "test",
          .from = {consensus::MemberId{from}, from * 100},
          .boot_id = 1,
          .to = consensus::MemberId{1},
          .address = "127.0.0.1:1"};
}

// Several networks on one loop in one thread; run_until turns it until a condition holds.
class Networks : public ::testing::Test {
 protected:
  Networks() {
    loop_.add_end_of_turn([this] {
      for (const auto& network : networks_) network->flush();
    });
  }

  struct Seen {
    std::vector<node::PeerMessage> messages;
    std::vector<std::string> events;
    std::vector<LinkEvent> kinds;  // of events
  };

  PeerNetwork& start(std::uint64_t id, const consensus::Membership& membership,
                     const std::string& cluster = "test", std::uint64_t boot = 1,
                     std::size_t max_outsiders = 8, Resolver::LookUp look_up = peer::look_up) {
    PeerConfig config;
    config.look_up = std::move(look_up);
    config.cluster = cluster;
    config.self = {consensus::MemberId{id}, id * 100};
    config.boot_id = boot;
    config.max_outsiders = max_outsiders;
    config.listen = membership.find(config.self.member)->peer_address;
    config.membership = membership;
    config.loopback_only = loopback_only_;
    config.backoff_min = backoff_;
    config.backoff_max = backoff_ * 4;
    Seen& seen = seen_[id];
    networks_.push_back(std::make_unique<PeerNetwork>(
        loop_, config,
        PeerCallbacks{[](consensus::GroupId group) { return group == kGroup; },
                      [this, &seen](consensus::GroupId group, node::PeerMessage m) {
                        EXPECT_EQ(group, kGroup);
                        seen.messages.push_back(std::move(m));
                        check();
                      },
                      [this, &seen](const LinkNews& news) {
                        seen.events.push_back(news.code.empty() ? ""
                                                                : news.code + ": " + news.detail);
                        seen.kinds.push_back(news.event);
                        check();
                      }}));
    EXPECT_TRUE(networks_.back()->start().has_value());
    return *networks_.back();
  }

  void run_until(std::function<bool()> condition) {
    condition_ = std::move(condition);
    net::IoTimer watchdog([this] {
      ADD_FAILURE() << "the condition did not come about";
      loop_.stop();
    });
    loop_.arm(watchdog, net::IoLoop::read_clock() + Duration::seconds(20));
    net::IoTimer poll([&] {
      check();
      loop_.arm(poll, loop_.now() + Duration::millis(2));
    });
    loop_.arm(poll, net::IoLoop::read_clock());
    loop_.run();
  }
  void check() {
    if (condition_ && condition_()) loop_.stop();
  }
  bool saw_event(std::uint64_t id, const std::string& text) {
    for (const std::string& event : seen_[id].events) {
      if (event.find(text) != std::string::npos) return true;
    }
    return false;
  }

  net::IoLoop loop_;
  Duration backoff_ = Duration::millis(5);
  bool loopback_only_ = false;
  std::map<std::uint64_t, Seen> seen_;
  std::vector<std::unique_ptr<PeerNetwork>> networks_;
  std::function<bool()> condition_;
};

TEST_F(Networks, MessagesArriveInOrderAndUnaltered) {
  const auto membership = members(2);
  PeerNetwork& one = start(1, membership);
  start(2, membership);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
  constexpr std::uint64_t kCount = 500;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    one.send(kGroup, forward(1, 2, i, Bytes(i * 37 % 5000, static_cast<char>(i))));
  }
  run_until([&] { return seen_[2].messages.size() == kCount; });
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const auto& write = std::get<node::ForwardWrite>(seen_[2].messages[i].body);
    EXPECT_EQ(write.id, i);
    EXPECT_EQ(*write.command, Bytes(i * 37 % 5000, static_cast<char>(i)));
  }
  EXPECT_EQ(one.stats().dropped, 0u);
}

// A name server that doesn't answer keeps nobody waiting but the link whose name it is.
TEST_F(Networks, ANameThatIsNotFoundYetHoldsUpNothingElse) {
  const auto membership = members(3);
  const std::string silent = membership.find(consensus::MemberId{3})->peer_address;
  std::promise<void> answers;
  const std::shared_future<void> answered = answers.get_future().share();
  PeerNetwork& one = start(1, membership, "test", 1, 8, [=](const std::string& address) {
    if (address == silent) answered.wait();
    return look_up(address);
  });
  start(2, membership);
  start(3, membership);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
  EXPECT_FALSE(one.connected_to(consensus::MemberId{3}));
  answers.set_value();
  run_until([&] { return one.connected_to(consensus::MemberId{3}); });
}

TEST_F(Networks, AHostThatIsNotKnownIsLookedUpAgain) {
  const auto membership = members(2);
  std::atomic<int> asked{0};
  PeerNetwork& one = start(1, membership, "test", 1, 8, [&](const std::string& address) {
    return ++asked < 4 ? std::nullopt : look_up(address);
  });
  start(2, membership);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
  EXPECT_EQ(asked, 4);
}

// Many times what the sockets' buffers hold: the sender has to wait for room, again and again.
TEST_F(Networks, ALinkWithoutRoomWaitsForIt) {
  const auto membership = members(2);
  PeerNetwork& one = start(1, membership);
  start(2, membership);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
  constexpr std::uint64_t kCount = 30;
  for (std::uint64_t i = 0; i < kCount; ++i)
    one.send(kGroup, forward(1, 2, i, Bytes(1'000'000, 'x')));
  run_until([&] { return seen_[2].messages.size() == kCount || !seen_[1].events.back().empty(); });
  EXPECT_EQ(seen_[2].messages.size(), kCount) << seen_[1].events.back();
  EXPECT_EQ(one.stats().dropped, 0u);
}

TEST_F(Networks, WhatGoesOverTheQueueIsDroppedAndCounted) {
  auto membership = members(2);
  // Somebody accepts the connection and never reads, nor greets.
  Poco::Net::ServerSocket silent(Poco::Net::SocketAddress(membership.members[1].peer_address));
  PeerNetwork& one = start(1, membership);
  one.send(kGroup, forward(1, 2, 1, "x"));
  EXPECT_EQ(one.stats().dropped, 1u);
  EXPECT_FALSE(one.connected_to(consensus::MemberId{2}));
}

TEST_F(Networks, AnotherClustersNodeIsRefusedInWords) {
  const auto membership = members(2);
  start(1, membership, "prod");
  start(2, membership, "staging");
  run_until([&] {
    return saw_event(1, "wrong_cluster: it is of cluster \"staging\"") &&
           saw_event(2, "wrong_cluster");
  });
  EXPECT_FALSE(networks_[0]->connected_to(consensus::MemberId{2}));
}

TEST_F(Networks, AStrangerWhoCallsGetsAnAnswer) {
  const auto three = members(3);
  auto two = three;
  two.members.pop_back();
  PeerNetwork& one = start(1, two);
  PeerNetwork& third = start(3, three);
  run_until([&] {
    return third.connected_to(consensus::MemberId{1}) && one.connected_to(consensus::MemberId{3});
  });
  EXPECT_TRUE(third.send(kGroup, forward(3, 1, 1, "here I am")));
  EXPECT_TRUE(one.send(kGroup, forward(1, 3, 1, "I hear you")));
  run_until([&] { return !seen_[1].messages.empty() && !seen_[3].messages.empty(); });
}

TEST_F(Networks, TooManyStrangersAreRefusedByName) {
  const auto all = members(4);
  consensus::Membership alone;
  alone.members = {all.members[0]};
  PeerNetwork& one = start(1, alone, "test", 1, 1);
  start(3, all);
  run_until([&] { return one.connected_to(consensus::MemberId{3}); });
  start(4, all);
  run_until([&] { return saw_event(4, "unknown_peer"); });
  EXPECT_TRUE(one.connected_to(consensus::MemberId{3})) << "who was there first stays";
}

TEST_F(Networks, NobodyElseHasOurName) {
  const auto membership = members(2);
  start(1, membership);
  Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
  const Bytes bytes = encode(hello(1));
  client.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
  run_until([&] { return saw_event(1, "unknown_peer"); });
}

TEST_F(Networks, AReturningPeerIsConnectedAgain) {
  const auto membership = members(2);
  PeerNetwork& one = start(1, membership);
  start(2, membership);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
  networks_.pop_back();
  run_until([&] { return !one.connected_to(consensus::MemberId{2}); });
  PeerNetwork& again = start(2, membership, "test", 2);
  run_until([&] {
    return one.connected_to(consensus::MemberId{2}) && again.connected_to(consensus::MemberId{1});
  });
  again.send(kGroup, forward(2, 1, 9, "back"));
  run_until([&] { return !seen_[1].messages.empty(); });
}

TEST_F(Networks, WhoeverCallsIsConnectedWithoutAWait) {
  backoff_ = Duration::seconds(3600);
  const auto membership = members(2);
  PeerNetwork& one = start(1, membership);
  start(2, membership);
  // Nobody dials before the loop turns, and then both listen.
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
  networks_.pop_back();
  run_until([&] { return !one.connected_to(consensus::MemberId{2}); });
  start(2, membership, "test", 2);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
}

TEST_F(Networks, HttpAndGarbageOnThePeerPortAreDroppedByName) {
  const auto membership = members(1);
  start(1, membership);
  for (const auto& [bytes, name] : {std::pair{"GET / HTTP/1.1\r\n\r\n", "http_on_peer_port"},
                                    std::pair{"\x7f\x01\x02\x03 garbage", "bad_magic"}}) {
    Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
    client.sendBytes(bytes, static_cast<int>(std::strlen(bytes)));
    run_until([&, expected = std::string(name)] { return saw_event(1, expected); });
  }
}

// A monitor connects and leaves, again and again: that is no news of a peer.
TEST_F(Networks, WhoLeavesWithoutAWordIsCountedAndNotTakenForABadPeer) {
  const auto membership = members(1);
  PeerNetwork& one = start(1, membership);
  for (int i = 0; i < 3; ++i) {
    Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
  }
  run_until([&] { return one.stats().port_checks == 3; });
  EXPECT_EQ(seen_[1].kinds, std::vector(3, LinkEvent::PortCheck));
  Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
  client.sendBytes("CF", 2);
  client.close();
  run_until([&] { return saw_event(1, "closed_in_greeting"); });
  EXPECT_EQ(seen_[1].kinds.back(), LinkEvent::BadPeer);
}

// As load balancers check a port: with a reset.
TEST_F(Networks, WhoLeavesByAResetWithoutAWordIsAPortCheckToo) {
  const auto membership = members(1);
  PeerNetwork& one = start(1, membership);
  for (int i = 0; i < 3; ++i) {
    Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
    client.setLinger(true, 0);
  }
  run_until([&] { return seen_[1].kinds.size() == 3; });
  EXPECT_EQ(seen_[1].kinds, std::vector(3, LinkEvent::PortCheck));
  EXPECT_EQ(one.stats().port_checks, 3U);
}

// What the decoders know about a frame reaches whoever reads the log.
TEST_F(Networks, ABadFrameIsToldByTheCodeOfWhatIsWrongWithIt) {
  const auto membership = members(2);
  Bytes damaged;
  append_frame(damaged, kGroup.value, node::encode(forward(2, 1, 1, "x")));
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  Bytes cut;
  append_frame(cut, kGroup.value, node::encode(forward(2, 1, 1, "x")).substr(0, 5));
  Bytes enormous;
  consensus::SnapshotChunk chunk;
  chunk.meta = {.last = {consensus::LogIndex{9}, consensus::Term{1}},
                .chain = 0,
                .membership = consensus::encode(membership),
                .feature_level = 1,
                .size = std::uint64_t{1} << 63,
                .checksum = 0};
  chunk.data = make_payload("x");
  node::PeerMessage announced{{consensus::MemberId{2}, 200}, consensus::MemberId{1}, {}};
  announced.body = consensus::Message{
      kGroup, announced.from, {announced.to, 100}, consensus::Term{1}, std::move(chunk)};
  append_frame(enormous, kGroup.value, node::encode(announced));
  for (const auto& [frame, code] :
       {std::pair{damaged, "crc_mismatch"}, std::pair{cut, "bad_forward"},
        std::pair{enormous, "bad_snapshot_meta"}}) {
    PeerNetwork& one = start(1, membership);
    Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
    const Bytes bytes = encode(hello(2)) + frame;
    client.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
    run_until([&, expected = std::string(code)] { return saw_event(1, expected); });
    EXPECT_EQ(seen_[1].kinds.back(), LinkEvent::BadPeer) << code;
    EXPECT_EQ(one.stats().frame_faults, 1U);
    EXPECT_TRUE(seen_[1].messages.empty());
    networks_.clear();
  }
}

// It would be dialled back, wherever that is.
TEST_F(Networks, WhereNobodyIsAskedWhoTheyAreNoStrangerIsCalledBackElsewhere) {
  const auto membership = members(1);
  loopback_only_ = true;
  start(1, membership);
  for (const char* address : {"192.0.2.1:80", "no address"}) {
    Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
    Hello caller = hello(2);
    caller.address = address;
    const Bytes bytes = encode(caller);
    client.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
    run_until([&] { return saw_event(1, "unknown_peer"); });
    seen_[1].events.clear();
  }
}

TEST_F(Networks, AFrameInSomebodyElsesNameEndsTheConnection) {
  const auto membership = members(3);
  start(1, membership);
  Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
  Bytes bytes = encode(hello(2));
  append_frame(bytes, kGroup.value, node::encode(forward(3, 1, 1, "forged")));
  client.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
  run_until([&] { return saw_event(1, "identity_mismatch"); });
  EXPECT_TRUE(seen_[1].messages.empty());
}

// The link carries other groups too, so it stays; nobody is told more than once for a connection.
TEST_F(Networks, FramesOfAGroupThatIsNotHereAreRefusedInWordsAndTheOthersArrive) {
  const auto membership = members(2);
  PeerNetwork& one = start(1, membership);
  PeerNetwork& two = start(2, membership);
  run_until([&] { return two.connected_to(consensus::MemberId{1}); });
  constexpr std::uint64_t kCount = 1000;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    two.send(consensus::GroupId{7}, forward(2, 1, i, "to group 7"));
  }
  two.send(kGroup, forward(2, 1, kCount, "here"));
  run_until([&] { return !seen_[1].messages.empty(); });
  ASSERT_EQ(seen_[1].messages.size(), 1U);
  EXPECT_EQ(*std::get<node::ForwardWrite>(seen_[1].messages[0].body).command, "here");
  EXPECT_TRUE(saw_event(1, "unknown_group: this node has no group 7"));
  EXPECT_EQ(std::ranges::count(seen_[1].kinds, LinkEvent::NoSuchGroup), 1);
  EXPECT_EQ(std::ranges::count(seen_[1].kinds, LinkEvent::BadPeer), 0);
  EXPECT_EQ(one.stats().refused, kCount);
  EXPECT_EQ(one.stats().frame_faults, 0U);
  EXPECT_TRUE(two.connected_to(consensus::MemberId{1}));
}

// A newer build may have groups whose messages this one can't read.
TEST_F(Networks, AFrameOfAGroupThatIsNotHereIsNotLookedInto) {
  const auto membership = members(2);
  PeerNetwork& one = start(1, membership);
  Poco::Net::StreamSocket client(Poco::Net::SocketAddress(membership.members[0].peer_address));
  Bytes bytes = encode(hello(2));
  append_frame(bytes, 7, "no message that this build knows");
  append_frame(bytes, kGroup.value, node::encode(forward(2, 1, 1, "x")));
  client.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
  run_until([&] { return !seen_[1].messages.empty(); });
  EXPECT_EQ(one.stats().refused, 1U);
}

TEST_F(Networks, AMemberThatIsAddedIsTalkedToFromThenOn) {
  const auto three = members(3);
  auto two = three;
  two.members.pop_back();
  PeerNetwork& one = start(1, two, "test", 1, 0);
  start(2, two);
  start(3, three);
  run_until([&] { return saw_event(3, "unknown_peer"); });
  one.set_members(three);
  run_until([&] { return one.connected_to(consensus::MemberId{3}); });
  EXPECT_TRUE(one.send(kGroup, forward(1, 3, 1, "x")));
  run_until([&] { return !seen_[3].messages.empty(); });
}

TEST_F(Networks, AMemberThatHasMovedIsFoundAtItsNewAddress) {
  auto membership = members(2);
  PeerNetwork& one = start(1, membership);
  membership.members[1].peer_address =
      "127.0.0.1:" + std::to_string(testing::free_ports(1).front());
  start(2, membership);
  one.set_members(membership);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
}

TEST_F(Networks, AFormerMemberIsStillTalkedToUntilTooManyAre) {
  const auto all = members(4);
  PeerNetwork& one = start(1, all, "test", 1, 2);
  start(2, all);
  run_until([&] { return one.connected_to(consensus::MemberId{2}); });
  consensus::Membership rest;
  rest.members = {all.members[0], all.members[2], all.members[3]};
  one.set_members(rest);
  EXPECT_TRUE(one.connected_to(consensus::MemberId{2}));
  rest.members = {all.members[0]};
  one.set_members(rest);
  EXPECT_FALSE(one.connected_to(consensus::MemberId{2})) << "the longest gone of three goes";
}

}  // namespace
}  // namespace confman::peer
