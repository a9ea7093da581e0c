#include <gtest/gtest.h>

#include "tests/consensus/support/solo.hpp"

// A node that must not go on says so once, and does nothing any more.
namespace confman::consensus::test {
namespace {

// Within a term nothing that was acknowledged to its leader can go, unless the disk has lied about
// a sync or is an older copy of itself.
TEST(Halt, ADiskThatHoldsLessThanItAcknowledgedIsFoundOutByAHeartbeat) {
  Solo solo(3, restored(1, {1, 1}));
  solo.receive(2, 1, Heartbeat{.commit = LogIndex{2}, .match = LogIndex{2}, .round = 0});
  EXPECT_EQ(solo.effect<Halt>(), nullptr);
  solo.receive(2, 1, Heartbeat{.commit = LogIndex{2}, .match = LogIndex{3}, .round = 0});
  const Halt* halt = solo.effect<Halt>();
  ASSERT_NE(halt, nullptr);
  EXPECT_EQ(halt->reason, HaltReason::LogRegressed);
  EXPECT_EQ(halt->promised, LogIndex{3});
  EXPECT_EQ(halt->found, LogIndex{2});
  EXPECT_EQ(solo.sent<HeartbeatReply>(2), nullptr);
}

TEST(Halt, IsForGood) {
  Solo solo(3, restored(1, {1}));
  solo.receive(2, 1, Heartbeat{.commit = {}, .match = LogIndex{3}, .round = 0});
  EXPECT_EQ(solo.node.next_deadline(), Time::never());
  solo.receive(3, 9, VoteRequest{.pre_vote = false, .last = log_id(9, 9), .transfer = true});
  EXPECT_TRUE(solo.effects.empty());
  EXPECT_EQ(solo.term(), 1u);
}

// The log of a node that was lied to about a sync: it acknowledged, and after a crash it hasn't got
// it.
TEST(Halt, ALostSyncIsNoticedAndTheOthersGoOn) {
  Cluster cluster(3);
  cluster.campaign(1);
  cluster.propose(1, "a");
  cluster.settle();
  cluster[3].wipe_state();
  cluster[3].disk.entries.pop_back();
  cluster[3].start(cluster.now());
  cluster.run(Duration::seconds(1));
  ASSERT_TRUE(cluster[3].halt.has_value());
  EXPECT_EQ(cluster[3].halt->reason, HaltReason::LogRegressed);
  cluster.propose(1, "b");
  cluster.run(Duration::seconds(1));
  EXPECT_EQ(cluster.commands(2), (std::vector<std::string>{"a", "b"}));
}

TEST(Halt, EveryReasonHasAName) {
  EXPECT_STREQ(name_of(HaltReason::LogRegressed), "log_regressed");
  EXPECT_STREQ(name_of(HaltReason::FeatureTooNew), "feature_too_new");
}

}  // namespace
}  // namespace confman::consensus::test
