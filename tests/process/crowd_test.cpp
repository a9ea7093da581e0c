// Idle connections cost memory, and nothing else.

#include <chrono>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <thread>

#include "tests/process/cluster.hpp"
#include "tests/process/expect_right.hpp"
#include "tests/support/client.hpp"
#include "tests/support/workload.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kIdle = 2000;
constexpr rlim_t kNeeded = kIdle + 200;
constexpr auto kTimeout = 10s;

bool raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < kNeeded) return false;
  limit.rlim_cur = std::max(limit.rlim_cur, kNeeded);
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

void expect_alive(std::vector<HttpConnection>& connections) {
  std::size_t answered = 0;
  for (HttpConnection& connection : connections) {
    const auto answer = connection.send({.target = "/health/live"}, kTimeout);
    answered += answer && answer->status == 200 ? 1 : 0;
  }
  EXPECT_EQ(answered, connections.size());
}

TEST(ProcessCrowd, TwoThousandIdleConnectionsDontKeepClientsFromWorking) {
  if (!raise_descriptor_limit()) GTEST_SKIP() << "this needs " << kNeeded << " descriptors";
  Cluster cluster("crowd");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "crowd");
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  std::vector<HttpConnection> idle;
  for (std::size_t i = 0; i < kIdle; ++i) idle.emplace_back(cluster.port(leader));
  expect_alive(idle);

  Recorder recorder;
  const auto keys = make_keys("crowd", 8);
  {
    Workload workload(cluster.endpoints(), recorder, {.clients = 4, .keys = keys});
    expect_writes(workload, 300, 30s);
  }
  for (const auto& op : recorder.operations()) {
    EXPECT_TRUE(op.outcome == sim::Outcome::Done || op.outcome == sim::Outcome::Refused)
        << sim::name_of(op) << " failed";
  }
  // The same connections: HttpConnection makes a new one only after one has failed.
  expect_alive(idle);
  expect_right(cluster, recorder, keys, {});
}

}  // namespace
}  // namespace confman::testing
