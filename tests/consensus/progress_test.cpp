#include "consensus/raft/progress.hpp"

#include <gtest/gtest.h>

#include "tests/consensus/support/cluster.hpp"

namespace confman::consensus {
namespace {

LogIndex at(std::uint64_t index) {
  return LogIndex{index};
}

TEST(Inflights, IsFullByCountOrByBytes) {
  Inflights window(2, 100);
  window.add(at(1), 10);
  EXPECT_FALSE(window.full());
  window.add(at(2), 10);
  EXPECT_TRUE(window.full());
  window.free_to(at(1));
  EXPECT_FALSE(window.full());
  window.add(at(3), 1000);  // larger than the bound, yet it can travel
  EXPECT_TRUE(window.full());
  window.free_to(at(3));
  EXPECT_EQ(window.count(), 0u);
  EXPECT_EQ(window.bytes(), 0u);
}

TEST(Inflights, OneAcknowledgementFreesAllBeforeIt) {
  Inflights window(3, 1000);
  for (int round = 0; round < 5; ++round) {  // several times around the ring
    for (std::uint64_t i = 1; i <= 3; ++i)
      window.add(at(static_cast<std::uint64_t>(round) * 3 + i), 1);
    EXPECT_TRUE(window.full());
    window.free_to(at(static_cast<std::uint64_t>(round) * 3 + 3));  // those of 1 and 2 were lost
    EXPECT_EQ(window.count(), 0u);
  }
}

class ProgressTest : public testing::Test {
 protected:
  static RaftConfig config() {
    RaftConfig c = consensus::test::make_config(1, 3);
    c.max_inflight_appends = 2;
    return c;
  }
  Progress progress_{NodeId{MemberId{2}, 1}, at(11), config(), Time{0}};
};

TEST_F(ProgressTest, ProbesOneAppendAtATime) {
  EXPECT_FALSE(progress_.paused());
  progress_.sent(at(12), 10);
  EXPECT_TRUE(progress_.paused());
  EXPECT_EQ(progress_.next(), at(11));
  progress_.resume();  // it is alive: the probe may have been lost
  EXPECT_FALSE(progress_.paused());
}

TEST_F(ProgressTest, ReplicatesOnceAnAppendSucceeds) {
  EXPECT_TRUE(progress_.acknowledged(at(10)));
  EXPECT_EQ(progress_.state(), ProgressState::Replicate);
  progress_.sent(at(12), 10);
  EXPECT_EQ(progress_.next(), at(13));
  progress_.sent(at(13), 10);
  EXPECT_TRUE(progress_.paused());
  EXPECT_TRUE(progress_.acknowledged(at(12)));
  EXPECT_FALSE(progress_.paused());
}

TEST_F(ProgressTest, MatchNeverGoesBack) {
  progress_.acknowledged(at(20));
  EXPECT_FALSE(progress_.acknowledged(at(15)));
  EXPECT_EQ(progress_.match(), at(20));
  EXPECT_EQ(progress_.next(), at(21));
}

TEST_F(ProgressTest, RefusalGoesBackToTheHintButNeverToTheMatch) {
  EXPECT_TRUE(progress_.refused(at(10), at(4)));
  EXPECT_EQ(progress_.next(), at(5));
  EXPECT_EQ(progress_.match(), at(0)) << "only success proves a match";
  progress_.acknowledged(at(7));
  progress_.sent(at(9), 10);
  EXPECT_TRUE(progress_.refused(at(9), at(2)));
  EXPECT_EQ(progress_.next(), at(8));
  EXPECT_EQ(progress_.state(), ProgressState::Probe);
}

TEST_F(ProgressTest, OvertakenRefusalsAreIgnored) {
  EXPECT_FALSE(progress_.refused(at(6), at(3))) << "not the probe that is out";
  progress_.acknowledged(at(10));
  EXPECT_FALSE(progress_.refused(at(10), at(3))) << "known to match by now";
  EXPECT_EQ(progress_.state(), ProgressState::Replicate);
}

TEST_F(ProgressTest, FullWindowLetsOneThroughWhenTheFollowerIsAlive) {
  progress_.acknowledged(at(10));
  progress_.sent(at(11), 1);
  progress_.sent(at(12), 1);
  EXPECT_TRUE(progress_.paused());
  progress_.resume();
  EXPECT_FALSE(progress_.paused());
}

TEST_F(ProgressTest, SendsNoAppendsDuringASnapshot) {
  progress_.become_snapshot({.last = {at(5), Term{1}}, .membership = {}});
  EXPECT_TRUE(progress_.paused());
  progress_.resume();
  EXPECT_TRUE(progress_.paused());
  EXPECT_FALSE(progress_.refused(at(10), at(1)));
  progress_.acknowledged(at(5));
  progress_.become_probe();
  EXPECT_EQ(progress_.next(), at(6));
  EXPECT_FALSE(progress_.paused());
}

}  // namespace
}  // namespace confman::consensus
