// Members come and go while three processes serve; a disk that is lost or damaged is made good.

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <chrono>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <thread>

#include "tests/process/cluster.hpp"
#include "tests/process/expect_right.hpp"
#include "tests/support/client.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kTimeout = 10s;
constexpr auto kDeadline = 30s;
constexpr auto kPollInterval = 20ms;
constexpr std::string_view kMembers = "/api/v1/admin/members/";

// Until the leader of the moment has done it.
void do_at_leader(Cluster& cluster, const HttpRequest& request) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  std::string last;
  while (std::chrono::steady_clock::now() < deadline) {
    const std::size_t leader = cluster.await_leader();
    ASSERT_NE(leader, kNodes);
    const auto answer = ask(cluster.port(leader), request, kTimeout);
    if (answer && answer->status == 200) return;
    if (answer) last = answer->body;
    std::this_thread::sleep_for(kPollInterval);
  }
  FAIL() << request.method << " " << request.target << ": " << last;
}

HttpRequest put(const std::string& target, const std::string& body) {
  return {.method = "PUT",
          .target = target,
          .headers = {{"Content-Type", "application/json"}},
          .body = body};
}

std::string target_of(std::size_t node) {
  return std::string(kMembers) + Cluster::name_of(node);
}

void add_member(Cluster& cluster, std::size_t node) {
  const std::string peer_address = "127.0.0.1:" + std::to_string(cluster.peer_port(node));
  const std::string api_address = "127.0.0.1:" + std::to_string(cluster.port(node));
  do_at_leader(cluster, put(target_of(node), R"({"peerAddress":")" + peer_address +
                                                 R"(","apiAddress":")" + api_address + R"("})"));
}

void expect_write(const Cluster& cluster, std::size_t node, const std::string& key) {
  const auto written =
      ask(cluster.port(node), put("/api/v1/config/demo/" + key + "?timeout=10s", "1"), kTimeout);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->status, 201) << written->body;
}

TEST(ProcessMembers, ALeaderLeavesAndComesBackWithAnEmptyDisk) {
  Cluster cluster("members");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "demo");
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  const std::size_t other = (leader + 1) % kNodes;

  do_at_leader(cluster, {.method = "DELETE", .target = target_of(leader)});
  cluster.kill(leader);
  expect_write(cluster, other, "without");

  // An empty disk under its name is a stranger until it is added, and a learner until it is
  // promoted.
  fs::remove_all(cluster.data_dir(leader));
  cluster.start(leader);
  cluster.await_live(leader);
  add_member(cluster, leader);
  do_at_leader(cluster, put(target_of(leader), R"({"role":"voter"})"));
  cluster.await_ready(leader);

  // Its vote counts: with one of the others it is a majority.
  cluster.kill(other);
  expect_write(cluster, leader, "with");
}

// The reason that the stream gives for its end; empty if it ends without.
std::string end_of_stream(std::istream& events) {
  std::string line;
  bool closing = false;
  while (std::getline(events, line)) {
    if (line == "event: closing") closing = true;
    const std::size_t reason = line.find(R"("reason":")");
    if (!closing || reason == std::string::npos) continue;
    const std::size_t from = reason + 10;
    return line.substr(from, line.find('"', from) - from);
  }
  return {};
}

// A removed node may not have heard yet that it is.
bool is_lost(const std::string& reason) {
  return reason == "removed" || reason == "no_leader";
}

TEST(ProcessMembers, ARemovedNodeSendsItsWatchersAway) {
  Cluster cluster("removed");
  cluster.start_all();
  cluster.await_all_ready();
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  const std::size_t removed = (leader + 1) % kNodes;
  const HttpRequest watch{.target = "/api/v1/watch", .headers = {{"Accept", "text/event-stream"}}};
  HttpConnection open(cluster.port(removed));
  std::istream* events = open.open_stream(watch, 20s);
  ASSERT_NE(events, nullptr);
  do_at_leader(cluster, {.method = "DELETE", .target = target_of(removed)});
  EXPECT_TRUE(is_lost(end_of_stream(*events)));
  HttpConnection late(cluster.port(removed));
  events = late.open_stream(watch, 20s);
  ASSERT_NE(events, nullptr);
  EXPECT_TRUE(is_lost(end_of_stream(*events)));
  const auto poll = ask(cluster.port(removed), {.target = "/api/v1/watch?wait=30s"}, 20s);
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->status, 503) << poll->body;
}

TEST(ProcessMembers, ANewDiskIsFilledByALeaderThatItsSettingsDoNotName) {
  Cluster cluster("unnamed-leader");
  cluster.start_all();
  cluster.await_all_ready();
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  const std::size_t renewed = (leader + 1) % kNodes;
  const std::size_t follower = (leader + 2) % kNodes;
  do_at_leader(cluster, {.method = "DELETE", .target = target_of(renewed)});
  cluster.kill(renewed);
  fs::remove_all(cluster.data_dir(renewed));
  cluster.name_members(renewed, {renewed, follower});
  cluster.start(renewed);
  cluster.await_live(renewed);
  add_member(cluster, renewed);
  do_at_leader(cluster, put(target_of(renewed), R"({"role":"voter"})"));
  cluster.await_ready(renewed);
  EXPECT_EQ(cluster.await_leader(), leader) << "the one that is named led, which shows nothing";
}

// Until the node's status has it.
void await_status(const Cluster& cluster, std::size_t node, const std::string& part) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  std::string last;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto answer =
        ask(cluster.port(node), {.method = "GET", .target = "/api/v1/admin/status"}, kTimeout);
    if (answer) last = answer->body;
    if (last.find(part) != std::string::npos) return;
    std::this_thread::sleep_for(kPollInterval);
  }
  FAIL() << "no " << part << " in " << last;
}

void expect_logged(const Cluster& cluster, std::size_t node, const std::string& words) {
  const std::string log = cluster.log_of(node);
  EXPECT_NE(log.find(words), std::string::npos) << "no \"" << words << "\" in:\n" << log;
}

TEST(ProcessMembers, AVoterRemovedWhileItWasDownSaysSoAndTheOthersThatTheirSettingsDiffer) {
  Cluster cluster("removed-while-down");
  cluster.start_all();
  cluster.await_all_ready();
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  const std::size_t gone = (leader + 1) % kNodes;
  const std::size_t other = (leader + 2) % kNodes;
  cluster.kill(gone);
  do_at_leader(cluster, {.method = "DELETE", .target = target_of(gone)});
  cluster.start(gone);
  cluster.await_live(gone);
  await_status(cluster, gone, R"("standing":"removed")");
  const std::string name = Cluster::name_of(gone);
  for (const std::size_t node : {leader, other}) {
    await_status(cluster, node,
                 R"("settingsDiffer":[")" + name + " is in the settings and no member\"]");
    expect_logged(cluster, node, "member_changed member=" + name + " from=voter to=leaving");
    expect_logged(cluster, node, "member_changed member=" + name + " from=leaving to=none");
  }
  // And when it is a member again, all is as it was.
  add_member(cluster, gone);
  do_at_leader(cluster, put(target_of(gone), R"({"role":"voter"})"));
  cluster.await_ready(gone);
  await_status(cluster, leader, R"("settingsDiffer":[])");
  await_status(cluster, gone, R"("standing":"voter")");
  expect_logged(cluster, gone, "removed_from_cluster");
}

// Monitors do.
TEST(ProcessMembers, APortThatIsOpenedAndClosedIsNoNews) {
  Cluster cluster("port-check");
  cluster.start_all();
  cluster.await_all_ready();
  for (int i = 0; i < 20; ++i) {
    Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", cluster.peer_port(0)));
  }
  for (int i = 0; i < 20; ++i) {
    Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", cluster.peer_port(0)));
    socket.sendBytes("GET / HTTP/1.1\r\n\r\n", 18);
    char end = 0;
    EXPECT_EQ(socket.receiveBytes(&end, 1), 0);
  }
  const std::string log = cluster.log_of(0);
  EXPECT_EQ(log.find("no_greeting"), std::string::npos) << log;
  const std::size_t first = log.find("code=http_on_peer_port");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_EQ(log.find("bad_peer", first), std::string::npos) << "each is told";
}

TEST(ProcessMembers, LeadershipGoesWhereItIsSent) {
  Cluster cluster("transfer");
  cluster.start_all();
  cluster.await_all_ready();
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  const std::size_t heir = (leader + 1) % kNodes;
  do_at_leader(cluster, {.method = "POST",
                         .target = "/api/v1/admin/transfer",
                         .headers = {{"Content-Type", "application/json"}},
                         .body = R"({"to":")" + Cluster::name_of(heir) + R"("})"});
  // Nodes tell of themselves now and then.
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (cluster.await_leader() != heir && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kPollInterval);
  }
  EXPECT_EQ(cluster.await_leader(), heir);
}

TEST(ProcessRepair, WhatALogHasLostComesFromTheOthers) {
  Cluster cluster("log-lost");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "demo");
  for (int i = 0; i < 50; ++i) expect_write(cluster, 0, "k" + std::to_string(i));
  cluster.kill_all();
  // Everything that was acknowledged is in there, and SQLite would do without.
  ASSERT_TRUE(fs::remove(cluster.data_dir(0) / "log.db-wal"));
  cluster.start_all();
  cluster.await_all_ready();
  EXPECT_NE(cluster.log_of(0).find("log_damaged"), std::string::npos) << cluster.log_of(0);
  const auto same = cluster.await_same_applied();
  EXPECT_EQ(same[0].digest, same[1].digest);
  // What was mended stays so.
  EXPECT_EQ(cluster.stop(0, kTimeout), 0);
  cluster.start(0);
  cluster.await_ready(0);
  const std::string log = cluster.log_of(0);
  EXPECT_EQ(log.find("log_damaged", log.rfind(" stopped")), std::string::npos) << log;
}

}  // namespace
}  // namespace confman::testing
