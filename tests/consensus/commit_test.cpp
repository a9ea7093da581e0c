#include <gtest/gtest.h>

#include "tests/consensus/support/solo.hpp"

namespace confman::consensus::test {
namespace {

// Raft §5.4.2, Figure 8: entry 2 of term 2 is on a majority and still not committed, because a
// leader of term 3 could overwrite it; an entry of the own term above it commits both.
TEST(Commit, AnOlderTermsEntryIsNotCommittedByCounting) {
  Solo solo(3, restored(3, {1, 2}));
  solo.lead();  // term 4, no-op at 3
  solo.persist();
  solo.acknowledge(2, 2);
  EXPECT_EQ(solo.commit(), 0u);
  solo.acknowledge(2, 3);
  EXPECT_EQ(solo.commit(), 3u);
}

// The whole of Figure 8, (a) to (d): what S1 replicated in (c) may be overwritten in (d), so nobody
// may have applied it.
TEST(Commit, Figure8) {
  Cluster cluster(5, 0, [](RaftConfig& c) { c.max_append_entries = 1; });
  cluster.campaign(1);
  ASSERT_EQ(cluster.leader(), 1u);
  // (a) S1 replicates an entry to S2 only.
  for (std::uint64_t id : {3, 4, 5}) cluster.cut(1, id);
  cluster.propose(1, "2");
  cluster.settle();
  // (b) S1 crashes; S5 is elected by S3, S4 and itself, and takes an entry that goes nowhere.
  cluster.heal();
  cluster.isolate(1);
  cluster.isolate(2);
  cluster.drop = [](const Message& m) { return std::holds_alternative<AppendRequest>(m.body); };
  cluster.campaign(5);
  ASSERT_EQ(cluster.leader(), 5u);
  cluster.isolate(5);
  cluster.propose(5, "3");
  cluster.settle();
  // (c) S5 crashes; S1 is elected and replicates entry "2" to S3: a majority has it. Its own no-op
  // stays with itself.
  cluster.heal();
  cluster.isolate(5);
  cluster.restart(1);
  cluster.drop = [&](const Message& m) {
    const auto* append = std::get_if<AppendRequest>(&m.body);
    if (!append || m.from.member != MemberId{1}) return false;
    if (m.to.member == MemberId{4}) return true;
    const bool noop = !append->entries.empty() && append->entries[0].kind == EntryKind::Noop;
    return noop && cluster[m.to.member.value].core().log().matches(append->prev);
  };
  cluster.campaign(1);  // hears of the others' term
  cluster.campaign(1);
  cluster.run(Duration::millis(200));
  ASSERT_EQ(cluster[1].status().role, Role::Leader);
  const auto has = [&](std::uint64_t id) {
    const LogView& log = cluster[id].core().log();
    return log.last() == LogIndex{3} && *log.at(LogIndex{3}).payload == "2";
  };
  ASSERT_TRUE(has(2) && has(3)) << "with S1 a majority";
  // It must not have been applied anywhere.
  for (std::uint64_t id = 1; id <= 5; ++id) EXPECT_TRUE(cluster.commands(id).empty()) << id;
  // (d) S1 crashes; S5 is elected and overwrites it. The cluster's own checks watch over that.
  cluster.drop = {};
  cluster.heal();
  cluster.isolate(1);
  cluster.restart(5);
  cluster.campaign(5);
  cluster.campaign(5);
  ASSERT_EQ(cluster[5].status().role, Role::Leader);
  EXPECT_EQ(cluster.commands(2), std::vector<std::string>{"3"});
  cluster.heal();
  cluster.run(Duration::seconds(5));
  ASSERT_NE(cluster.leader(), 0u);
  cluster.propose(cluster.leader(), "last");
  cluster.run(Duration::seconds(1));
  for (std::uint64_t id = 1; id <= 5; ++id) {
    ASSERT_FALSE(cluster.commands(id).empty()) << id;
    EXPECT_EQ(cluster.commands(id).back(), "last");
    EXPECT_EQ(cluster.commands(id), cluster.commands(1));
  }
}

TEST(Commit, TheLeadersOwnCopyCountsOnceItIsDurable) {
  Solo solo(3);
  solo.lead();
  solo.acknowledge(2, 1);
  EXPECT_EQ(solo.commit(), 0u);
  solo.acknowledge(3, 1);
  EXPECT_EQ(solo.commit(), 1u) << "the other two are a majority";
  solo.propose();
  solo.acknowledge(2, 2);
  EXPECT_EQ(solo.commit(), 1u);
  solo.persist();
  EXPECT_EQ(solo.commit(), 2u);
}

TEST(Commit, TwoOfTwoAndThreeOfFour) {
  for (std::size_t voters : {std::size_t{2}, std::size_t{4}}) {
    Cluster cluster(voters);
    cluster.run(Duration::seconds(3));
    const std::uint64_t leader = cluster.leader();
    ASSERT_NE(leader, 0u);
    // One acknowledgement too few: cut off half of the members.
    for (std::uint64_t i = 1; i <= voters / 2; ++i) cluster.isolate((leader + i - 1) % voters + 1);
    cluster.propose(leader, "a");
    cluster.settle();
    EXPECT_TRUE(cluster.commands(leader).empty()) << voters;
  }
}

TEST(Commit, AClusterOfOneTakesTheSameRoad) {
  Cluster cluster(1);
  cluster.slow_disks = {1};
  cluster.campaign(1);
  EXPECT_EQ(cluster.leader(), 0u) << "its vote isn't durable";
  cluster[1].finish_all_writes(cluster.now());
  EXPECT_EQ(cluster.leader(), 1u);
  cluster[1].finish_all_writes(cluster.now());
  cluster.propose(1, "a");
  EXPECT_TRUE(cluster.commands(1).empty()) << "acknowledged before it was on disk";
  cluster[1].finish_all_writes(cluster.now());
  EXPECT_EQ(cluster.commands(1), std::vector<std::string>{"a"});
}

TEST(Commit, ANewLeaderCommitsWhatOthersLeftThroughItsNoop) {
  Cluster cluster(3);
  cluster.campaign(1);
  cluster.propose(1, "a");
  // The entry reaches everybody; nobody learns that it is committed.
  cluster.drop = [](const Message& m) { return m.to.member == MemberId{1}; };
  cluster.settle();
  cluster.drop = {};
  cluster.isolate(1);
  cluster.campaign(2);
  EXPECT_EQ(cluster.commands(3), std::vector<std::string>{"a"});
}

// Raft §5.3: "a leader never overwrites or deletes entries in its log", and being deposed is no
// reason to begin.
TEST(Commit, ADeposedLeaderKeepsItsTail) {
  Solo solo(3);
  solo.lead();
  solo.propose("a");
  solo.persist();
  solo.receive(3, 2, VoteRequest{.pre_vote = false, .last = log_id(9, 1), .transfer = true});
  EXPECT_EQ(solo.role(), Role::Follower);
  EXPECT_EQ(solo.node.log().last(), LogIndex{3});
}

}  // namespace
}  // namespace confman::consensus::test
