#include <gtest/gtest.h>

#include "tests/consensus/support/configurations.hpp"
#include "tests/consensus/support/solo.hpp"

// Leadership handed over: thesis §3.10.
namespace confman::consensus::test {
namespace {

// A leader of 1 2 3 and the learner 4, all of which have the whole log.
struct Handing : Solo {
  Handing() : Solo(3, in(with_learner())) {
    lead();
    persist();
    for (std::uint64_t id : {2, 3, 4}) acknowledge(id, 2);
  }
  ChangeRefusal refused(std::optional<std::uint64_t> to) {
    step(TransferLeadership{ChangeId{7}, to ? std::optional(MemberId{*to}) : std::nullopt});
    const auto* why = effect<ChangeRefused>();
    return why ? why->why : ChangeRefusal::InvalidMember;  // which no transfer gets
  }
};
constexpr auto kAccepted = ChangeRefusal::InvalidMember;

TEST(Transfer, TheSuccessorIsElectedAtOnce) {
  Cluster cluster(3);
  cluster.run(Duration::seconds(2));
  const std::uint64_t leader = cluster.leader();
  const std::uint64_t successor = leader % 3 + 1;
  cluster.propose(leader, "a");
  cluster[leader].input(
      [&](Driver& d) { d.transfer_leadership(cluster.now(), ChangeId{1}, MemberId{successor}); });
  cluster.settle();  // no time passes
  EXPECT_EQ(cluster.leader(), successor);
  EXPECT_EQ(cluster[leader].status().role, Role::Follower);
  EXPECT_EQ(cluster.commands(successor), std::vector<std::string>{"a"});
}

TEST(Transfer, WaitsUntilTheSuccessorHasTheWholeLogAndTakesNoProposals) {
  Solo solo(3);
  solo.lead();
  solo.step(TransferLeadership{ChangeId{1}, MemberId{2}});
  EXPECT_EQ(solo.sent<TimeoutNow>(2), nullptr) << "it lacks the no-op";
  solo.propose();
  EXPECT_EQ(solo.effect<ProposalRefused>()->why, ProposeRefusal::NotLeader);
  solo.acknowledge(2, 2);
  EXPECT_NE(solo.sent<TimeoutNow>(2), nullptr);
}

TEST(Transfer, OnlyTheLeaderCanAskForIt) {
  Solo solo(3, restored(1, {}));
  solo.receive(2, 1, Heartbeat{.commit = {}, .round = 0});
  solo.receive(3, 1, TimeoutNow{});
  EXPECT_EQ(solo.role(), Role::Follower);
  solo.receive(2, 1, TimeoutNow{});
  EXPECT_EQ(solo.role(), Role::Candidate);
}

TEST(Transfer, IsGivenUpAfterAnElectionTimeout) {
  Solo solo(3);
  solo.lead();
  solo.step(TransferLeadership{ChangeId{1}, MemberId{2}});
  for (int i = 0; i < 14; ++i) {
    solo.wait(Duration::millis(50));
    solo.receive(3, solo.term(), HeartbeatReply{.round = 0});
  }
  solo.propose();
  EXPECT_NE(solo.effect<ProposalAppended>(), nullptr);
}

// --- who may be asked for

TEST(Transfer, IsRefusedToWhoCannotLead) {
  Handing solo;
  EXPECT_EQ(solo.refused(9), ChangeRefusal::UnknownMember);
  EXPECT_EQ(solo.refused(1), ChangeRefusal::AlreadyMember);
  EXPECT_EQ(solo.refused(4), ChangeRefusal::NotAVoter);
  solo.answer(3, Condition::LowSpace);
  EXPECT_EQ(solo.refused(3), ChangeRefusal::LowOnSpace);
  solo.answer(3, Condition::Damaged);
  EXPECT_EQ(solo.refused(3), ChangeRefusal::Incomplete);
  solo.wait_with({2}, Duration::millis(350));
  solo.answer(3);
  solo.wait_with({3}, Duration::millis(350));
  EXPECT_EQ(solo.refused(2), ChangeRefusal::Inactive) << "silent for an election time-out";
  EXPECT_EQ(solo.refused(3), kAccepted);
  EXPECT_EQ(solo.refused(3), ChangeRefusal::Transferring);
}

TEST(Transfer, IsRefusedByWhoDoesNotLead) {
  Solo solo(3);
  solo.step(TransferLeadership{ChangeId{7}, MemberId{2}});
  EXPECT_EQ(solo.effect<ChangeRefused>()->why, ChangeRefusal::NotLeader);
}

TEST(Transfer, ToWhomeverItMayBeGoesToTheVoterWithMostOfTheLog) {
  Handing solo;
  solo.propose();
  solo.acknowledge(4, 3);
  solo.acknowledge(3, 3);
  EXPECT_EQ(solo.refused({}), kAccepted);
  EXPECT_NE(solo.sent<TimeoutNow>(3), nullptr);
  Handing alone;
  alone.wait_with({4}, Duration::millis(290));
  alone.answer(2, Condition::Damaged);
  alone.answer(3, Condition::Stateless);
  EXPECT_EQ(alone.refused({}), ChangeRefusal::NoSuccessor);
}

// --- how it goes on, and ends

TEST(Transfer, IsAskedForAgainBecauseTheMessageMayBeLost) {
  Handing solo;
  EXPECT_EQ(solo.refused(2), kAccepted);
  solo.wait(Duration::millis(50));
  EXPECT_NE(solo.sent<TimeoutNow>(2), nullptr);
}

TEST(Transfer, ThatComesToNothingIsReported) {
  Handing solo;
  solo.refused(2);
  std::vector<ChangeId> given_up;
  for (int i = 0; i < 13; ++i) {
    solo.wait(Duration::millis(50));
    if (const auto* e = solo.effect<TransferGivenUp>()) given_up.push_back(e->id);
    solo.answer(3);
    solo.answer(2);
  }
  EXPECT_EQ(given_up, std::vector{ChangeId{7}});
  EXPECT_EQ(solo.role(), Role::Leader);
}

TEST(Transfer, IsRefusedToWhoIsLeaving) {
  Handing solo;
  solo.step(ChangeMembership{ChangeId{1}, Remove{MemberId{3}}, {}});
  ASSERT_NE(solo.effect<ChangeAppended>(), nullptr);
  solo.persist();
  EXPECT_EQ(solo.refused(3), ChangeRefusal::NotAVoter) << "until the joint phase is over";
  solo.acknowledge(2, 3);
  solo.acknowledge(3, 3);
  ASSERT_FALSE(solo.node.membership().contains(MemberId{3}));
  EXPECT_EQ(solo.refused(3), ChangeRefusal::UnknownMember);
}

// Thesis §4.2.3: a request of a candidate that was asked to campaign is not held back by a leader
// that was heard a moment ago.
TEST(Transfer, IsNotHeldBackByALiveLeader) {
  for (bool transfer : {false, true}) {
    Solo solo(3);
    solo.receive(2, 1, Heartbeat{});
    solo.receive(3, 2, VoteRequest{.pre_vote = false, .last = {}, .transfer = transfer});
    EXPECT_EQ(solo.body<VoteReply>(3) != nullptr && solo.body<VoteReply>(3)->granted, transfer);
  }
}

TEST(Transfer, TheSuccessorsRequestsSaySo) {
  Solo solo(3, restored(1, {1}));
  solo.receive(2, 1, Heartbeat{});
  solo.receive(2, 1, TimeoutNow{});
  ASSERT_NE(solo.body<VoteRequest>(3), nullptr);
  EXPECT_TRUE(solo.body<VoteRequest>(3)->transfer);
  EXPECT_FALSE(solo.body<VoteRequest>(3)->pre_vote) << "the leader itself asks for this election";
}

TEST(Transfer, IsNotTakenUpByWhoHasNoVote) {
  const Membership demoted{.members = {node(1, MemberRole::Learner), node(2), node(3)},
                           .outgoing = {}};
  Restored learner = in(demoted);
  learner.applied = end_of(learner.log.entries);
  learner.membership = demoted;
  Solo solo(3, learner);
  solo.receive(2, 1, Heartbeat{});
  solo.receive(2, 1, TimeoutNow{});
  EXPECT_EQ(solo.role(), Role::Follower);
}

}  // namespace
}  // namespace confman::consensus::test
