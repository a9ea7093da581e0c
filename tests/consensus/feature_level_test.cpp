#include <gtest/gtest.h>

#include "domain/base/hash.hpp"
#include "tests/consensus/support/configurations.hpp"
#include "tests/consensus/support/solo.hpp"

// What the log may hold while nodes of different builds are members
// (consensus/raft/feature_level.cpp).
namespace confman::consensus::test {
namespace {

void newest(RaftConfig& c) {
  c.max_feature_level = kNewestFeatureLevel;
}

Entry level(std::uint64_t index, std::uint64_t term, std::uint64_t value) {
  Bytes payload;
  ByteWriter(payload).varint(value);
  return {LogIndex{index}, Term{term}, EntryKind::FeatureLevel, make_payload(std::move(payload))};
}

// A leader of 1 2 3 and the learner 4 that has committed its no-op.
struct Leading : Solo {
  explicit Leading(const std::function<void(RaftConfig&)>& tune = newest,
                   Restored start = in(with_learner()))
      : Solo(3, std::move(start), tune) {
    lead();
    persist();
  }
  bool raises() const { return node.log().at(node.log().last()).kind == EntryKind::FeatureLevel; }
};

TEST(FeatureLevel, IsRaisedOnceEveryMemberCanGoAlong) {
  Leading solo;
  for (std::uint64_t id : {2, 3, 4}) solo.acknowledge(id, 2);
  EXPECT_EQ(solo.node.status().feature_level, kFirstFeatureLevel);
  solo.answer(2, Condition::Ready, kMemberNotes);
  solo.answer(3, Condition::Ready, kMemberNotes);
  EXPECT_FALSE(solo.raises()) << "the learner hasn't said what it can apply";
  solo.answer(4, Condition::Ready, kFirstFeatureLevel);
  EXPECT_FALSE(solo.raises()) << "the learner is of an older build";
  solo.answer(4, Condition::Ready, kMemberNotes + 5);
  ASSERT_TRUE(solo.raises());
  EXPECT_EQ(solo.node.log().last(), LogIndex{3}) << "once";
  EXPECT_EQ(ByteReader(*solo.node.log().at(LogIndex{3}).payload).varint(), kMemberNotes)
      << "no further than this build goes";
  solo.persist();
  solo.acknowledge(2, 3);
  EXPECT_EQ(solo.node.status().feature_level, kMemberNotes);
  solo.answer(4, Condition::Ready, kMemberNotes);
  EXPECT_EQ(solo.node.log().last(), LogIndex{3});
}

TEST(FeatureLevel, WaitsForTheFirstCommitOfTheTermAndForATransfer) {
  Leading solo;
  for (std::uint64_t id : {2, 3, 4}) solo.answer(id, Condition::Ready, kMemberNotes);
  EXPECT_FALSE(solo.raises());
  solo.step(TransferLeadership{ChangeId{1}, MemberId{3}});
  solo.acknowledge(2, 2);
  EXPECT_FALSE(solo.raises()) << "the log must stand still";
}

TEST(FeatureLevel, IsNeverLowered) {
  Restored start = in(with_learner());
  start.feature_level = kMemberNotes;
  Leading solo(newest, start);
  solo.acknowledge(2, 2);
  for (std::uint64_t id : {2, 3, 4}) solo.answer(id, Condition::Ready, kFirstFeatureLevel);
  EXPECT_FALSE(solo.raises());
  EXPECT_EQ(solo.node.status().feature_level, kMemberNotes);
}

// A member that is gone for good holds the level back, and can be removed all the same.
TEST(FeatureLevel, IsHeldBackByWhoIsGoneUntilThatIsRemoved) {
  Leading solo;
  solo.acknowledge(2, 2);
  solo.acknowledge(3, 2);
  solo.answer(2, Condition::Ready, kMemberNotes);
  solo.answer(3, Condition::Ready, kMemberNotes);
  ASSERT_FALSE(solo.raises());
  solo.step(ChangeMembership{ChangeId{1}, Remove{MemberId{4}}, {}});
  EXPECT_NE(solo.effect<ChangeAppended>(), nullptr);
  EXPECT_TRUE(solo.raises());
}

TEST(FeatureLevel, EveryAnswerSaysWhatThisBuildCanApply) {
  Solo solo(3, {}, newest);
  solo.receive(2, 1, Heartbeat{});
  EXPECT_EQ(solo.body<HeartbeatReply>(2)->feature_level, kNewestFeatureLevel);
}

// It must not skip what it can't apply. What comes before it can be applied.
TEST(FeatureLevel, ThatIsTooNewStopsTheNodeThere) {
  Solo solo(3, restored(1, {1}));
  solo.receive(2, 1,
               AppendRequest{.prev = log_id(1, 1),
                             .commit = LogIndex{4},
                             .round = 0,
                             .entries = {entry(2, 1), level(3, 1, kMemberNotes), entry(4, 1)}});
  solo.persist();
  ASSERT_NE(solo.effect<Halt>(), nullptr);
  EXPECT_EQ(solo.effect<Halt>()->reason, HaltReason::FeatureTooNew);
  ASSERT_NE(solo.effect<Apply>(), nullptr);
  EXPECT_EQ(solo.effect<Apply>()->entries.back().index, LogIndex{2});
  EXPECT_EQ(solo.node.status().applied, LogIndex{2});
  EXPECT_EQ(solo.node.next_deadline(), Time::never());
  solo.receive(2, 1, Heartbeat{});
  EXPECT_TRUE(solo.effects.empty()) << "it does nothing any more";
}

TEST(FeatureLevel, ThatIsTooNewAsTheFirstThingToApplyStopsTheNodeToo) {
  Solo solo(3);
  solo.receive(
      2, 1,
      AppendRequest{.prev = {}, .commit = LogIndex{1}, .round = 0, .entries = {level(1, 1, 9)}});
  solo.persist();
  EXPECT_EQ(solo.effect<Apply>(), nullptr);
  ASSERT_NE(solo.effect<Halt>(), nullptr);
}

TEST(FeatureLevel, OfASnapshotThatIsTooNewStopsTheNode) {
  Solo solo(3);
  const SnapshotMeta meta{.last = log_id(9, 1),
                          .chain = 0,
                          .membership = encode(with_learner()),
                          .feature_level = kMemberNotes,
                          .size = 1,
                          .checksum = 0};
  solo.receive(
      2, 1,
      SnapshotChunk{.meta = meta, .offset = 0, .crc = crc32c("x"), .data = make_payload("x")});
  ASSERT_NE(solo.effect<Halt>(), nullptr);
  EXPECT_EQ(solo.effect<Halt>()->reason, HaltReason::FeatureTooNew);
  EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr);
}

TEST(FeatureLevelDeathTest, AStateThatIsTooNewIsNoStart) {
  Restored start = in(with_learner());
  start.feature_level = kMemberNotes;
  EXPECT_DEATH(Solo(3, start), "can't apply");
}

TEST(FeatureLevel, OfAClusterGoesUpWithItsLastMember) {
  Cluster cluster(3, 0, [](RaftConfig& c) {
    if (c.self.member != MemberId{3}) c.max_feature_level = kNewestFeatureLevel;
  });
  cluster.run(Duration::seconds(2));
  EXPECT_EQ(cluster[cluster.leader()].status().feature_level, kFirstFeatureLevel);
  cluster[3].config().max_feature_level = kNewestFeatureLevel;
  cluster.restart(3);
  cluster.run(Duration::seconds(2));
  for (std::uint64_t id = 1; id <= 3; ++id) {
    EXPECT_EQ(cluster[id].status().feature_level, kNewestFeatureLevel) << id;
  }
}

}  // namespace
}  // namespace confman::consensus::test
