#include "tests/node/two_nodes.hpp"

// What a node does that was told to stop.
namespace confman::node {
namespace {

using Stopping = TwoNodes;

TEST_F(Stopping, ALeaderHandsOver) {
  ASSERT_TRUE(run_until([&] { return leader()->status().raft.commit.value > 1; }));
  OfTwo& stopping = leader();
  OfTwo& other = follower();
  stopping->begin_shutdown();
  EXPECT_TRUE(run_until([&] { return other.leads(); }));
}

TEST_F(Stopping, ALeaderWhomNobodyCanFollowHandsOverAsSoonAsSomebodyCan) {
  ASSERT_TRUE(run_until([&] { return leader()->status().raft.commit.value > 1; }));
  OfTwo& stopping = leader();
  OfTwo& other = follower();
  tell_space(other, kFull);
  run_for_a_while();
  stopping->begin_shutdown();
  run_for_a_while();
  ASSERT_TRUE(stopping.leads());
  tell_space(other, kMuch);
  EXPECT_TRUE(run_until([&] { return other.leads(); }));
}

}  // namespace
}  // namespace confman::node
