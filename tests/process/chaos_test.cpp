// Clients on all nodes write and read while processes are killed, and the record is judged.

#include <chrono>
#include <cstdio>
#include <gtest/gtest.h>
#include <memory>
#include <thread>

#include "tests/process/cluster.hpp"
#include "tests/process/expect_right.hpp"
#include "tests/support/client.hpp"
#include "tests/support/watcher.hpp"
#include "tests/support/workload.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Watchers = std::vector<std::unique_ptr<Watcher>>;

constexpr std::size_t kClients = 8;
constexpr auto kProgress = 30s;  // within which a phase's writes have to come through
constexpr std::uint64_t kWritesPerPhase = 100;
constexpr int kRounds = 20;
constexpr int kBlackouts = 2;

Watchers start_watchers(const Cluster& cluster, sim::Revision start, const std::string& last) {
  using enum Watcher::Way;
  const Watcher::Scope all{"/", ""};
  const Watcher::Scope space{"/chaos", ""};
  const Watcher::Scope below{"/chaos/deep", ""};
  Watchers watchers;
  std::uint64_t number = 0;
  const auto add = [&](Watcher::Way way, const Watcher::Scope& scope) {
    watchers.push_back(
        std::make_unique<Watcher>(cluster.endpoints(), ++number, way, scope, start, last));
  };
  add(LongPoll, all);
  add(LongPoll, space);
  add(LongPoll, below);
  add(Events, space);
  return watchers;
}

void expect_complete(const Watchers& watchers) {
  const auto deadline = Clock::now() + 20s;
  for (const auto& watcher : watchers) {
    while (!watcher->complete() && Clock::now() < deadline) std::this_thread::sleep_for(5ms);
    EXPECT_TRUE(watcher->complete()) << "watcher " << watcher->record().watcher << " of '"
                                     << watcher->record().scope << "' didn't get the last change";
  }
}

// Mostly the leader, now and then a follower, and both at once: then nothing goes until one is
// back.
void kill_some_and_restart(Cluster& cluster, Workload& workload, int round) {
  const std::size_t leader = cluster.await_leader();
  ASSERT_NE(leader, kNodes);
  const std::size_t follower = (leader + 1 + static_cast<std::size_t>(round) % 2) % kNodes;
  const bool kills_leader = round % 4 != 3;
  const bool kills_follower = round % 4 >= 2;
  if (kills_leader) cluster.kill(leader);
  if (kills_follower) cluster.kill(follower);
  if (kills_leader && kills_follower) cluster.start(follower);
  expect_writes(workload, kWritesPerPhase, kProgress);
  for (std::size_t i = 0; i < kNodes; ++i) {
    if (!cluster.started(i)) cluster.start(i);
  }
  cluster.await_all_ready();
  expect_writes(workload, kWritesPerPhase, kProgress);
}

void black_out(Cluster& cluster, Workload& workload) {
  cluster.kill_all();
  cluster.start_all();
  cluster.await_all_ready();
  expect_writes(workload, kWritesPerPhase, kProgress);
}

void print_summary(const Recorder& recorder, std::chrono::milliseconds time) {
  std::size_t counts[4] = {};
  const auto operations = recorder.operations();
  for (const auto& op : operations) ++counts[static_cast<std::size_t>(op.outcome)];
  std::printf(
      "%zu operations in %lld ms: %zu done (%llu writes), %zu refused, %zu not done, %zu unknown\n",
      operations.size(), static_cast<long long>(time.count()), counts[0],
      static_cast<unsigned long long>(recorder.acknowledged()), counts[1], counts[2], counts[3]);
}

TEST(ProcessChaos, NothingAcknowledgedIsLostWhileNodesAreKilled) {
  Cluster cluster("chaos", "storage:\n  flush_interval: 200ms\nhttp:\n  threads: 2\n");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "chaos");
  const sim::Revision start = create_namespace(cluster, "chaos/deep");
  auto keys = make_keys("chaos", 8);
  for (const std::string& key : make_keys("chaos/deep", 4)) keys.push_back(key);
  const std::string last = "/chaos/deep/last";

  Recorder recorder;
  const auto watchers = start_watchers(cluster, start, last);
  const auto from = Clock::now();
  {
    Workload workload(cluster.endpoints(), recorder, {.clients = kClients, .keys = keys});
    expect_writes(workload, kWritesPerPhase, kProgress);
    for (int round = 0; round < kRounds && !HasFailure(); ++round) {
      kill_some_and_restart(cluster, workload, round);
    }
    for (int i = 0; i < kBlackouts && !HasFailure(); ++i) black_out(cluster, workload);
  }
  print_summary(recorder, (Clock::now() - from) / 1ms * 1ms);

  Client closing(cluster.endpoints(), recorder, kClients + 1);
  const auto put = closing.put(0, last, {}, Client::Retry::UntilKnown);
  EXPECT_EQ(put.outcome, sim::Outcome::Done);
  expect_complete(watchers);
  keys.push_back(last);
  std::vector<sim::WatchRecord> records;
  for (const auto& watcher : watchers) {
    if (watcher->complete()) records.push_back(watcher->record());
  }
  expect_right(cluster, recorder, keys, records);
}

}  // namespace
}  // namespace confman::testing
