#include <gtest/gtest.h>

#include "consensus/raft/random.hpp"
#include "tests/consensus/support/cluster.hpp"

// A small random walk over everything that can happen, as a net under the tests that each state one
// rule. The real search is the simulator's.
namespace confman::consensus::test {
namespace {

struct Shape {
  std::size_t voters;
  std::size_t learners;
};

class Chaos : public testing::TestWithParam<Shape> {};

void random_step(Cluster& cluster, Random& random) {
  const std::uint64_t id = 1 + random.below(cluster.size());
  Member& member = cluster[id];
  switch (random.below(40)) {
    case 0:
      if (random.below(4) == 0) cluster.restart(id);
      return;
    case 1:
      cluster.propose(id, "c" + std::to_string(random.below(1000)));
      return;
    case 2:
      cluster.read(id);
      return;
    case 3:
      if (!cluster.network.empty()) cluster.network.pop_front();
      return;
    case 4:
      if (!cluster.network.empty()) cluster.network.push_back(cluster.network.front());
      return;
    case 5:
      if (!cluster.network.empty()) {
        cluster.network.push_back(cluster.network.front());
        cluster.network.pop_front();
      }
      return;
    case 6:
      member.make_state_durable(cluster.now());
      return;
    case 7:
      member.finish_snapshot_work(cluster.now());
      return;
    case 8:
      if (random.below(10) == 0) cluster.isolate(id);
      return;
    case 9:
      if (random.below(3) == 0) cluster.heal();
      return;
    case 10:
      if (random.below(10) == 0) {
        member.input([&](Driver& d) { d.tick(cluster.now() + Duration::millis(700)); });
      }
      return;
    default:
      if (random.below(3) == 0) member.finish_writes(cluster.now(), 1 + random.below(3));
      cluster.deliver_next();
      if (random.below(20) == 0) cluster.run(Duration::millis(0));
      return;
  }
}

TEST_P(Chaos, StaysSafeAndRecovers) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Cluster cluster(GetParam().voters, GetParam().learners, [&](RaftConfig& c) {
      c.compact_above_entries = 10;
      c.keep_trailing_entries = 3;
      c.snapshot_chunk_bytes = 16;
      c.max_inflight_appends = 1 + seed % 4;
      c.max_append_entries = 1 + seed % 7;
      c.seed += seed * 100;
    });
    for (std::uint64_t id = 1; id <= cluster.size(); ++id) cluster.slow_disks.insert(id);
    for (int i = 0; i < 1500 && !HasFatalFailure(); ++i) {
      random_step(cluster, random);
      if (random.below(60) == 0) {
        cluster.campaign(1 + random.below(GetParam().voters));
      }
    }
    cluster.heal();
    cluster.slow_disks.clear();
    cluster.run(Duration::seconds(10));
    ASSERT_FALSE(HasFatalFailure());
    const std::uint64_t leader = cluster.leader();
    ASSERT_NE(leader, 0u) << "no leader in 10 s without faults" << cluster.describe();
    cluster.propose(leader, "last");
    cluster.run(Duration::seconds(2));
    for (std::uint64_t id = 1; id <= cluster.size(); ++id) {
      ASSERT_FALSE(cluster.commands(id).empty());
      EXPECT_EQ(cluster.commands(id).back(), "last") << "member " << id;
      EXPECT_EQ(cluster.commands(id), cluster.commands(leader)) << "member " << id;
    }
    ASSERT_FALSE(HasFailure());
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Chaos,
                         testing::Values(Shape{1, 0}, Shape{2, 0}, Shape{3, 0}, Shape{3, 1},
                                         Shape{4, 0}, Shape{5, 0}),
                         [](const auto& test_info) {
                           return "Voters" + std::to_string(test_info.param.voters) + "Learners" +
                                  std::to_string(test_info.param.learners);
                         });

}  // namespace
}  // namespace confman::consensus::test
