#include <gtest/gtest.h>

#include "tests/consensus/support/solo.hpp"

// Slow and full disks (consensus/raft/disk.cpp).
namespace confman::consensus::test {
namespace {

constexpr Duration kStall = RaftConfig{}.disk_stall;  // 500 ms

// A leader whose disk has everything so far, and whose followers have too.
struct OnDisk : Solo {
  explicit OnDisk(const std::function<void(RaftConfig&)>& tune = {}) : Solo(3, {}, tune) {
    lead();
    persist();
    acknowledge(2, 2);
    acknowledge(3, 2);
  }
};

TEST(SlowDisk, OfALeaderMakesItHandOverToAFollowerThatIsAhead) {
  OnDisk solo;
  solo.propose();  // never written here
  solo.acknowledge(2, 3);
  solo.wait_with({2, 3}, kStall - Duration::millis(50));
  EXPECT_EQ(solo.sent<TimeoutNow>(2), nullptr);
  solo.wait(Duration::millis(50));
  EXPECT_NE(solo.sent<TimeoutNow>(2), nullptr);
}

// If all disks are slow, leadership must not wander.
TEST(SlowDisk, IsNoReasonWhileNobodyIsAhead) {
  OnDisk solo;
  solo.propose();
  solo.wait_with({2, 3}, kStall + Duration::millis(100));
  solo.propose("y");
  EXPECT_NE(solo.effect<ProposalAppended>(), nullptr) << "no transfer";
}

TEST(SlowDisk, ThatHangsEndsTheLeadership) {
  OnDisk solo;
  solo.propose();
  solo.wait_with({2, 3}, kStall * 2 - Duration::millis(50));
  EXPECT_EQ(solo.role(), Role::Leader);
  solo.wait(Duration::millis(50));
  EXPECT_EQ(solo.role(), Role::Follower);
}

TEST(SlowDisk, OfAClusterOfOneChangesNothing) {
  Solo solo(1);
  solo.expire();
  solo.persist();
  solo.propose();
  for (int i = 0; i < 40; ++i) solo.wait(Duration::millis(50));
  EXPECT_EQ(solo.role(), Role::Leader);
}

// Eight slow writes in a row, by a leader that has been there for a while.
TEST(SlowDisk, ThatIsOnlySlowMakesALeaderHandOverAfterSomeTime) {
  for (const auto& [write_time, since, hands_over] :
       {std::tuple{Duration::millis(160), Duration::seconds(7), true},
        std::tuple{Duration::millis(140), Duration::seconds(7), false},
        std::tuple{Duration::millis(160), Duration::millis(0), false}}) {
    OnDisk solo;
    solo.wait_with({2, 3}, since);
    for (int i = 0; i < 8; ++i) {
      solo.propose();
      solo.wait_with({2, 3}, write_time);
      solo.persist();
      solo.acknowledge(2, solo.node.log().last().value);
    }
    solo.wait(Duration::millis(50));
    EXPECT_EQ(solo.sent<TimeoutNow>(2) != nullptr, hands_over)
        << write_time.to_millis() << ' ' << since.to_millis();
  }
}

void with_reserve(RaftConfig& c) {
  c.min_free_bytes = 100;
  c.resume_free_bytes = 200;
}

ProposeRefusal refusal(const Solo& solo) {
  return solo.effect<ProposalRefused>() ? solo.effect<ProposalRefused>()->why
                                        : ProposeRefusal::NotLeader;
}

TEST(FullDisk, RefusesCommandsUntilThereIsMoreSpaceThanBefore) {
  OnDisk solo(with_reserve);
  for (const auto& [free, low] : {std::pair{100u, false},
                                  {99u, true},
                                  {150u, true},
                                  {199u, true},
                                  {200u, false},
                                  {150u, false},
                                  {0u, true},
                                  {300u, false}}) {
    solo.step(DiskSpace{free});
    EXPECT_EQ(solo.node.status().low_space, low) << free;
    solo.propose();
    EXPECT_EQ(solo.effect<ProposalAppended>() == nullptr, low) << free;
    if (!low) continue;
    EXPECT_EQ(refusal(solo), ProposeRefusal::NoSpace);
  }
}

TEST(FullDisk, OfTooManyFollowersRefusesCommandsToo) {
  OnDisk solo(with_reserve);
  solo.answer(2, Condition::LowSpace);
  solo.propose();
  EXPECT_NE(solo.effect<ProposalAppended>(), nullptr) << "two of three have space";
  solo.answer(3, Condition::NoSpace);
  solo.propose();
  EXPECT_EQ(refusal(solo), ProposeRefusal::NoSpace);
  solo.answer(2);
  solo.propose();
  EXPECT_NE(solo.effect<ProposalAppended>(), nullptr);
}

TEST(FullDisk, ALeaderHandsOverToAFollowerWithSpace) {
  OnDisk solo(with_reserve);
  solo.step(DiskSpace{99});
  solo.wait_with({2, 3}, Duration::millis(550));
  EXPECT_EQ(solo.sent<TimeoutNow>(2), nullptr) << "it has just begun";
  solo.wait(Duration::millis(50));
  EXPECT_TRUE(solo.sent<TimeoutNow>(2) != nullptr || solo.sent<TimeoutNow>(3) != nullptr);
}

TEST(FullDisk, ALeaderStaysWhereAllAreFull) {
  OnDisk solo(with_reserve);
  solo.step(DiskSpace{99});
  for (int i = 0; i < 20; ++i) {
    solo.wait(Duration::millis(50));
    solo.answer(2, Condition::LowSpace);
    solo.answer(3, Condition::NoSpace);
  }
  solo.step(TransferLeadership{ChangeId{1}, MemberId{2}});
  EXPECT_EQ(solo.effect<ChangeRefused>()->why, ChangeRefusal::LowOnSpace)
      << "and none is under way";
}

// Half of the reserve is for what is in the leader's log already.
TEST(FullDisk, AFollowerTakesWhatIsThereUntilHalfOfTheReserveIsGone) {
  Solo solo(3, restored(1, {1}), with_reserve);
  const auto append = [&](std::uint64_t index) -> const AppendReply& {
    solo.receive(
        2, 1,
        AppendRequest{
            .prev = log_id(index - 1, 1), .commit = {}, .round = 0, .entries = {entry(index, 1)}});
    return *solo.body<AppendReply>(2);
  };
  solo.step(DiskSpace{50});
  EXPECT_TRUE(append(2).success);
  EXPECT_EQ(append(2).condition, Condition::LowSpace);
  solo.step(DiskSpace{49});
  EXPECT_FALSE(append(3).success);
  EXPECT_EQ(append(3).condition, Condition::NoSpace);
  EXPECT_EQ(append(3).hint, log_id(2, 1));
  EXPECT_TRUE(append(2).success) << "what is here already takes no space";
  solo.step(DiskSpace{500});
  EXPECT_TRUE(append(3).success);
  EXPECT_EQ(append(3).condition, Condition::Ready);
}

TEST(FullDisk, AFollowerStillVotes) {
  Solo solo(3, restored(1, {1}), with_reserve);
  solo.step(DiskSpace{0});
  solo.receive(2, 2, VoteRequest{.pre_vote = false, .last = log_id(1, 1), .transfer = false});
  EXPECT_TRUE(solo.body<VoteReply>(2)->granted);
}

TEST(FullDisk, AFollowerThatIsFullIsSentNoEntriesUntilItHasSpaceAgain) {
  OnDisk solo(with_reserve);
  solo.answer(3, Condition::NoSpace);
  solo.propose();
  EXPECT_EQ(solo.sent<AppendRequest>(3), nullptr);
  EXPECT_NE(solo.sent<AppendRequest>(2), nullptr);
  solo.answer(3);
  EXPECT_NE(solo.sent<AppendRequest>(3), nullptr);
}

TEST(FullDisk, ANodeLetsOthersCampaignFirst) {
  Solo solo(3, restored(1, {1}), with_reserve);
  solo.step(DiskSpace{99});
  solo.expire();
  EXPECT_EQ(solo.sent<VoteRequest>(2), nullptr);
  solo.expire();
  EXPECT_NE(solo.sent<VoteRequest>(2), nullptr) << "if nobody does, it must";
}

TEST(FullDisk, AClusterWithOneFullDiskServes) {
  Cluster cluster(3, 0, with_reserve);
  cluster.campaign(1);
  cluster[1].input([&](Driver& d) { d.disk_space(cluster.now(), 10); });
  cluster.run(Duration::seconds(3));
  const std::uint64_t leader = cluster.leader();
  ASSERT_NE(leader, 0u);
  EXPECT_NE(leader, 1u);
  const ProposalId a = cluster.propose(leader, "a");
  cluster.run(Duration::seconds(1));
  EXPECT_TRUE(cluster[leader].appended.contains(a));
  EXPECT_TRUE(cluster.commands(1).empty()) << "it takes no entries";
  cluster[1].input([&](Driver& d) { d.disk_space(cluster.now(), 1000); });
  cluster.run(Duration::seconds(1));
  EXPECT_EQ(cluster.commands(1), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace confman::consensus::test
