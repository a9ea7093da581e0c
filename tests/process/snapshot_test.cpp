// A node that was away for longer than the others keep their log.

#include <chrono>
#include <gtest/gtest.h>

#include "tests/process/cluster.hpp"
#include "tests/process/expect_right.hpp"
#include "tests/support/http_connection.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 10s;
// Together more than the 32 MiB of log after which it is compacted.
constexpr std::size_t kValueBytes = 1000 * 1000;
constexpr int kValues = 44;

void write_much(std::uint16_t port) {
  HttpConnection connection(port);
  for (int i = 0; i < kValues; ++i) {
    const auto answer = connection.send(
        {.method = "PUT",
         .target = "/api/v1/config/large/v" + std::to_string(i),
         .body = "\"" + std::string(kValueBytes, static_cast<char>('a' + i % 26)) + "\""},
        kTimeout);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 201) << answer->body;
  }
}

void expect_equal_digests(Cluster& cluster) {
  const auto states = cluster.await_same_applied();
  EXPECT_EQ(states[0].digest, states[1].digest);
  EXPECT_EQ(states[0].digest, states[2].digest);
}

TEST(ProcessSnapshot, BringsBackANodeThatWasAwayForLong) {
  Cluster cluster("snapshot", "storage:\n  flush_interval: 50ms\n");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "large");
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  const std::size_t away = (leader + 1) % kNodes;
  cluster.kill(away);
  write_much(cluster.port(leader));

  cluster.start(away);
  expect_equal_digests(cluster);
  EXPECT_NE(cluster.log_of(away).find(" snapshot_installed "), std::string::npos)
      << "the log brought it back:\n"
      << cluster.log_of(away);
  // What it installed is there after a crash, and it takes part as before.
  cluster.kill(away);
  cluster.start(away);
  cluster.await_ready(away);
  const auto read = ask(cluster.port(away), {.target = "/api/v1/config/large/v0"}, kTimeout);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->status, 200);
  EXPECT_GT(read->body.size(), kValueBytes);
  expect_equal_digests(cluster);
}

}  // namespace
}  // namespace confman::testing
