#include <gtest/gtest.h>

#include "consensus/raft/reads.hpp"
#include "tests/consensus/support/solo.hpp"

namespace confman::consensus::test {
namespace {

constexpr ReadId kRead{77};

Effects& heartbeat_reply(Solo& solo, std::uint64_t from, std::uint64_t round) {
  return solo.receive(from, solo.term(), HeartbeatReply{.round = round});
}

// A leader of term 1 whose no-op is committed.
struct ServingLeader : Solo {
  ServingLeader() : Solo(3) {
    lead();
    persist();
    acknowledge(2, 2);
  }
};

// Thesis §6.4: "If the leader has not yet marked an entry from its current term committed, it waits
// until it has done so" (etcd-io/etcd#7331).
TEST(ReadIndex, WaitsForTheFirstCommitOfTheTerm) {
  Solo solo(3, restored(1, {1}));
  solo.lead();
  solo.step(ReadRequested{kRead});
  EXPECT_TRUE(solo.effects.empty());
  heartbeat_reply(solo, 2, 0);
  EXPECT_EQ(solo.effect<ReadReady>(), nullptr);
  solo.persist();
  solo.acknowledge(2, 2);
  EXPECT_EQ(solo.effect<ReadReady>(), nullptr) << "not confirmed yet";
  ASSERT_NE(solo.body<Heartbeat>(2), nullptr);
  heartbeat_reply(solo, 2, solo.body<Heartbeat>(2)->round);
  ASSERT_NE(solo.effect<ReadReady>(), nullptr);
  EXPECT_EQ(solo.effect<ReadReady>()->index, LogIndex{2});
}

// "the leader needs to make sure it has not been superseded by a newer leader of which it is
// unaware"
TEST(ReadIndex, IsConfirmedByAMajorityThatAnswersARoundBegunAfterTheRequest) {
  ServingLeader solo;
  solo.wait(Duration::millis(50));
  const std::uint64_t before = solo.body<Heartbeat>(2)->round;
  solo.step(ReadRequested{kRead});
  ASSERT_NE(solo.body<Heartbeat>(2), nullptr);
  const std::uint64_t round = solo.body<Heartbeat>(2)->round;
  EXPECT_GT(round, before);
  heartbeat_reply(solo, 2, before);
  EXPECT_EQ(solo.effect<ReadReady>(), nullptr) << "that answer is older than the request";
  heartbeat_reply(solo, 3, round);
  ASSERT_NE(solo.effect<ReadReady>(), nullptr);
  EXPECT_EQ(solo.effect<ReadReady>()->id, kRead);
}

TEST(ReadIndex, IsConfirmedByAppendsToo) {
  ServingLeader solo;
  solo.step(ReadRequested{kRead});
  solo.propose();
  const std::uint64_t round = solo.body<AppendRequest>(2)->round;
  solo.acknowledge(2, 3, round);
  EXPECT_NE(solo.effect<ReadReady>(), nullptr);
}

// A majority of voters: what learners say is worth nothing.
TEST(ReadIndex, IsNotConfirmedByALearner) {
  Cluster cluster(3, 2);
  cluster.campaign(1);
  cluster.cut(2, 1);
  cluster.cut(3, 1);
  const ReadId read = cluster.read(1);
  cluster.settle();
  EXPECT_FALSE(cluster[1].reads.contains(read));
}

// Rounds of another leadership are dropped with their term (etcd-io/etcd#20418).
TEST(ReadIndex, AnAnswerOfAnotherTermConfirmsNothing) {
  ServingLeader solo;
  solo.step(ReadRequested{ReadId{1}});
  const std::uint64_t round = solo.body<Heartbeat>(2)->round;
  solo.receive(3, 5, HeartbeatReply{.round = 0});  // deposed
  solo.now = solo.node.next_deadline();
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 3);
  ASSERT_EQ(solo.role(), Role::Leader);
  solo.step(ReadRequested{kRead});
  EXPECT_EQ(solo.body<Heartbeat>(2)->round, round) << "the same number again";
  solo.receive(2, 1, HeartbeatReply{.round = round});
  EXPECT_EQ(solo.effect<ReadReady>(), nullptr);
  solo.receive(2, solo.term(), HeartbeatReply{.round = round + 100});  // a number never used
  EXPECT_NE(solo.effect<ReadReady>(), nullptr);
  solo.step(ReadRequested{ReadId{78}});
  EXPECT_EQ(solo.effect<ReadReady>(), nullptr) << "and it is worth no later round";
}

TEST(ReadIndex, RequestsThatGatherShareARoundAndSeveralRoundsMayBeUnderWay) {
  ServingLeader solo;
  std::uint64_t last_round = 0;
  for (std::uint64_t i = 1; i <= kMaxReadRounds; ++i) {
    solo.step(ReadRequested{ReadId{i}});
    ASSERT_NE(solo.body<Heartbeat>(2), nullptr);
    last_round = solo.body<Heartbeat>(2)->round;
  }
  for (std::uint64_t i = 100; i < 200; ++i) {
    solo.step(ReadRequested{ReadId{i}});
    EXPECT_TRUE(solo.effects.empty()) << "gathers for the next round";
  }
  heartbeat_reply(solo, 2, last_round);
  std::size_t ready = 0;
  for (const Effect& e : solo.effects) ready += std::holds_alternative<ReadReady>(e) ? 1 : 0;
  EXPECT_EQ(ready, kMaxReadRounds);
  heartbeat_reply(solo, 2, solo.body<Heartbeat>(2)->round);
  ready = 0;
  for (const Effect& e : solo.effects) ready += std::holds_alternative<ReadReady>(e) ? 1 : 0;
  EXPECT_EQ(ready, 100u);
}

TEST(ReadIndex, AClusterOfOneConfirmsItselfAfterItsFirstCommit) {
  Cluster cluster(1);
  cluster.slow_disks = {1};
  cluster.campaign(1);
  cluster[1].finish_all_writes(cluster.now());
  ASSERT_EQ(cluster.leader(), 1u);
  const ReadId early = cluster.read(1);
  EXPECT_FALSE(cluster[1].reads.contains(early));
  cluster[1].finish_all_writes(cluster.now());
  EXPECT_TRUE(cluster[1].reads.contains(early));
  const ReadId later = cluster.read(1);
  EXPECT_TRUE(cluster[1].reads.contains(later));
}

TEST(ReadIndex, FailsWithTheLeadershipAndWithoutALeader) {
  Solo solo(3);
  solo.step(ReadRequested{kRead});
  EXPECT_NE(solo.effect<ReadFailed>(), nullptr);
  ServingLeader leading;
  leading.step(ReadRequested{kRead});
  leading.receive(3, 9, HeartbeatReply{.round = 0});
  ASSERT_NE(leading.effect<ReadFailed>(), nullptr);
  EXPECT_EQ(leading.effect<ReadFailed>()->id, kRead);
}

// A leader that was paused while another was elected must not answer.
TEST(ReadIndex, AnExLeaderThatDoesNotKnowYetServesNothing) {
  Cluster cluster(3);
  cluster.campaign(1);
  cluster.isolate(1);
  cluster.campaign(2);
  ASSERT_EQ(cluster[1].status().role, Role::Leader);
  const ReadId read = cluster.read(1);
  cluster.run(Duration::millis(100));
  EXPECT_FALSE(cluster[1].reads.contains(read));
  cluster.run(Duration::seconds(1));
  EXPECT_TRUE(cluster[1].failed_reads.contains(read));
}

TEST(ForwardedRead, IsAnsweredThroughTheLeader) {
  Cluster cluster(3, 1);
  cluster.campaign(1);
  cluster.propose(1, "a");
  cluster.settle();
  for (std::uint64_t id : {2, 4}) {
    const ReadId read = cluster.read(id);
    cluster.settle();
    ASSERT_TRUE(cluster[id].reads.contains(read)) << id;
    EXPECT_EQ(cluster[id].reads[read], LogIndex{3});
  }
}

TEST(ForwardedRead, IsAskedAgainWhenLostAndFailsInTheEnd) {
  Cluster cluster(3);
  cluster.campaign(1);
  int lost = 1;
  cluster.drop = [&](const Message& m) {
    return std::holds_alternative<ReadIndexRequest>(m.body) && lost-- > 0;
  };
  ReadId read = cluster.read(2);
  cluster.run(Duration::millis(200));
  EXPECT_TRUE(cluster[2].reads.contains(read));
  lost = 1'000'000;
  read = cluster.read(2);
  cluster.run(Duration::seconds(1));
  EXPECT_TRUE(cluster[2].failed_reads.contains(read));
  EXPECT_FALSE(cluster[2].reads.contains(read));
}

// An answer to a question of this member's former life must not answer a new one.
TEST(ForwardedRead, IsNotAnsweredByAReplyToAFormerLife) {
  Cluster cluster(3);
  cluster.campaign(1);
  std::vector<Message> late;
  cluster.drop = [&](const Message& m) {
    if (!std::holds_alternative<ReadIndexReply>(m.body)) return false;
    late.push_back(m);
    return true;
  };
  // The caller counts its reads from 1 in each life.
  const auto ask = [&] {
    cluster[2].input([&](Driver& d) { d.request_read(cluster.now(), kRead); });
  };
  ask();
  cluster.settle();
  ASSERT_EQ(late.size(), 1u);
  cluster.run(Duration::millis(10));
  cluster.restart(2);
  cluster.run(Duration::millis(100));
  cluster.drop = {};
  cluster.cut(2, 1);  // the new question doesn't get through
  ask();
  cluster.deliver(late[0]);
  EXPECT_FALSE(cluster[2].reads.contains(kRead));
}

}  // namespace
}  // namespace confman::consensus::test
