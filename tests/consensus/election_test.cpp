#include <gtest/gtest.h>

#include "tests/consensus/support/configurations.hpp"
#include "tests/consensus/support/solo.hpp"

namespace confman::consensus::test {
namespace {

VoteRequest vote_request(std::uint64_t index, std::uint64_t term, bool pre_vote = false) {
  return {.pre_vote = pre_vote, .last = log_id(index, term), .transfer = false};
}

// Raft §5.4.1: "the voter denies its vote if its own log is more up-to-date than that of the
// candidate."
TEST(Vote, ComparesLogsByTermThenIndex) {
  struct Case {
    LogId candidate;
    bool granted;
  };
  for (const Case& c :
       {Case{log_id(3, 2), true}, Case{log_id(4, 2), true}, Case{log_id(2, 2), false},
        Case{log_id(1, 3), true},   // shorter, of a later term
        Case{log_id(9, 1), false},  // longer, of an earlier term
        Case{log_id(0, 0), false}}) {
    for (bool pre_vote : {false, true}) {
      Solo solo(3, restored(3, {1, 2, 2}));
      solo.receive(2, 4, vote_request(c.candidate.index.value, c.candidate.term.value, pre_vote));
      ASSERT_NE(solo.body<VoteReply>(2), nullptr);
      EXPECT_EQ(solo.body<VoteReply>(2)->granted, c.granted)
          << c.candidate.index.value << '/' << c.candidate.term.value << " pre-vote " << pre_vote;
    }
  }
}

// Raft §5.2: "Each server will vote for at most one candidate in a given term".
TEST(Vote, IsGivenOnceInATermAndRepeatedForTheSameCandidate) {
  Solo solo(3);
  solo.receive(2, 1, vote_request(0, 0));
  EXPECT_TRUE(solo.body<VoteReply>(2)->granted);
  solo.receive(3, 1, vote_request(5, 1));
  EXPECT_FALSE(solo.body<VoteReply>(3)->granted);
  solo.receive(2, 1, vote_request(0, 0));
  EXPECT_TRUE(solo.body<VoteReply>(2)->granted);
}

TEST(Vote, SurvivesARestart) {
  Solo solo(3, restored(7, {}, 2));
  solo.receive(3, 7, vote_request(5, 5));
  EXPECT_FALSE(solo.body<VoteReply>(3)->granted);
}

// Raft §5.2, Figure 2: currentTerm and votedFor are "updated on stable storage before responding".
TEST(Vote, WaitsForTheDisk) {
  Solo solo(3);
  solo.receive(2, 1, vote_request(0, 0));
  const auto* persist = solo.effect<Persist>();
  ASSERT_NE(persist, nullptr);
  EXPECT_EQ(persist->request.hard_state, (HardState{Term{1}, MemberId{2}}));
  EXPECT_EQ(solo.sent<VoteReply>(2)->after, persist->request.seq);
}

// A vote belongs to its term: stepping down within the term must not free it.
TEST(Vote, IsKeptWhenACandidateStepsDownWithinItsTerm) {
  Solo solo(3);
  solo.expire();
  solo.receive(2, 1, VoteReply{.pre_vote = true, .granted = true});
  ASSERT_EQ(solo.role(), Role::Candidate);
  solo.persist();
  solo.receive(2, 1, Heartbeat{.commit = {}, .round = 0});
  EXPECT_EQ(solo.role(), Role::Follower);
  EXPECT_EQ(solo.node.view().hard_state.voted_for, MemberId{1});
  solo.wait(Duration::millis(290));
  solo.wait(Duration::millis(10));  // that leader is not heard any more
  solo.receive(3, 1, vote_request(9, 1));
  EXPECT_FALSE(solo.body<VoteReply>(3)->granted);
}

TEST(Vote, IsKeptWhenAnElectionIsLost) {
  Solo solo(3);
  solo.expire();
  solo.receive(2, 1, VoteReply{.pre_vote = true, .granted = true});
  solo.receive(2, 1, VoteReply{.pre_vote = false, .granted = false});
  solo.receive(3, 1, VoteReply{.pre_vote = false, .granted = false});
  EXPECT_EQ(solo.role(), Role::Follower);
  solo.receive(3, 1, vote_request(9, 1));
  EXPECT_FALSE(solo.body<VoteReply>(3)->granted);
}

// An acknowledgement of entry 2 waits for the disk; a vote for a log without it would let both
// count.
TEST(Vote, TakesEntriesIntoAccountThatAreStillBeingWritten) {
  Solo solo(3, restored(1, {1}));
  solo.receive(
      3, 1,
      AppendRequest{.prev = log_id(1, 1), .commit = {}, .round = 0, .entries = {entry(2, 1)}});
  solo.wait(Duration::seconds(2));
  solo.receive(2, 2, vote_request(1, 1));
  EXPECT_FALSE(solo.body<VoteReply>(2)->granted);
}

TEST(Election, OwnVoteCountsOnlyOnceItIsDurableAlsoInAClusterOfOne) {
  Solo solo(1);
  solo.expire();
  EXPECT_EQ(solo.role(), Role::Candidate);
  EXPECT_EQ(solo.term(), 1u);
  solo.persist();
  EXPECT_EQ(solo.role(), Role::Leader);
}

// The completion of an earlier write says nothing of the vote.
TEST(Election, TheOnlyVoterLeadsAsSoonAsItsVoteIsDurable) {
  Solo solo(1, restored(3, {1, 2, 2}));
  solo.wait({});
  EXPECT_EQ(solo.role(), Role::Candidate);
  solo.persist();
  EXPECT_EQ(solo.role(), Role::Leader);
}

// The one that led before may not know yet that it is left out, and read by its lease.
TEST(Election, TheOnlyVoterWaitsWhileThatMayBeNewsToOthers) {
  const Membership alone{.members = {node(1)}, .outgoing = {}};
  Restored start = restored(3, {1, 2});
  start.log.entries.push_back(naming(3, 2, alone));
  start.applied.id = log_id(2, 2);
  Solo waits(3, start);
  waits.wait({});
  EXPECT_EQ(waits.role(), Role::Follower);
  start.applied.id = log_id(3, 2);
  start.membership = alone;
  Solo leads(3, start);
  leads.wait({});
  EXPECT_EQ(leads.role(), Role::Candidate);
}

TEST(Election, OwnVoteWaitsForItsOwnWrite) {
  Solo solo(3, restored(1, {1}));
  solo.receive(
      3, 1,
      AppendRequest{.prev = log_id(1, 1), .commit = {}, .round = 0, .entries = {entry(2, 1)}});
  const PersistSeq append = solo.effect<Persist>()->request.seq;
  solo.expire();
  solo.receive(2, 2, VoteReply{.pre_vote = true, .granted = true});
  ASSERT_EQ(solo.role(), Role::Candidate);
  solo.receive(2, 2, VoteReply{.pre_vote = false, .granted = true});
  solo.step(Persisted{append});
  EXPECT_EQ(solo.role(), Role::Candidate);
  solo.persist();
  EXPECT_EQ(solo.role(), Role::Leader);
}

TEST(Election, CandidateNamesTheDurableEndOfItsLog) {
  Solo solo(3, restored(1, {1}));
  solo.receive(
      3, 1,
      AppendRequest{.prev = log_id(1, 1), .commit = {}, .round = 0, .entries = {entry(2, 1)}});
  solo.expire();
  ASSERT_NE(solo.body<VoteRequest>(2), nullptr);
  EXPECT_EQ(solo.body<VoteRequest>(2)->last, log_id(1, 1));
}

TEST(Election, AVoteOfAnotherTermIsIgnored) {
  Solo solo(5, restored(4, {}));
  solo.expire();
  solo.receive(2, 5, VoteReply{.pre_vote = true, .granted = true});
  solo.receive(3, 5, VoteReply{.pre_vote = true, .granted = true});
  solo.persist();
  ASSERT_EQ(solo.role(), Role::Candidate);
  solo.receive(2, 4, VoteReply{.pre_vote = false, .granted = true});
  solo.receive(3, 4, VoteReply{.pre_vote = false, .granted = true});
  EXPECT_EQ(solo.role(), Role::Candidate);
  solo.receive(2, 5, VoteReply{.pre_vote = false, .granted = true});
  solo.receive(2, 5, VoteReply{.pre_vote = false, .granted = true});  // twice is once
  EXPECT_EQ(solo.role(), Role::Candidate);
  solo.receive(3, 5, VoteReply{.pre_vote = false, .granted = true});
  EXPECT_EQ(solo.role(), Role::Leader);
}

TEST(Election, LearnersNeitherCampaignNorCount) {
  Cluster cluster(2, 1);
  cluster.isolate(2);
  cluster.run(Duration::seconds(5));
  EXPECT_EQ(cluster.leader(), 0u) << "a learner's vote made a majority";
  EXPECT_EQ(cluster[3].status().role, Role::Follower);
  EXPECT_EQ(cluster[3].status().term, Term{0});
}

// Thesis §9.6: "In the Pre-Vote algorithm, a candidate only increments its term if it first learns
// from a majority of the cluster that they would be willing to grant the candidate their votes".
TEST(PreVote, NeitherTheAskerNorTheAskedChangesItsTerm) {
  Solo asker(3, restored(2, {1, 2}));
  asker.expire();
  EXPECT_EQ(asker.sent<VoteRequest>(2)->message.term, Term{3});
  EXPECT_EQ(asker.term(), 2u);
  EXPECT_EQ(asker.effect<Persist>(), nullptr);

  Solo asked(3, restored(2, {1, 2}));
  asked.receive(2, 3, vote_request(2, 2, true));
  EXPECT_TRUE(asked.body<VoteReply>(2)->granted);
  EXPECT_EQ(asked.sent<VoteReply>(2)->message.term, Term{3});
  EXPECT_EQ(asked.term(), 2u);
  EXPECT_EQ(asked.effect<Persist>(), nullptr);
}

TEST(PreVote, IsRefusedWhileALeaderIsAliveAndSoIsAVote) {
  Solo solo(3, restored(1, {}));
  solo.receive(3, 1, Heartbeat{.commit = {}, .round = 0});
  solo.wait(Duration::millis(299));
  solo.receive(2, 2, vote_request(9, 1, true));
  EXPECT_FALSE(solo.body<VoteReply>(2)->granted);
  solo.receive(2, 2, vote_request(9, 1));
  EXPECT_EQ(solo.body<VoteReply>(2), nullptr);
  EXPECT_EQ(solo.term(), 1u) << "not even the term is taken over";
  VoteRequest transfer = vote_request(9, 1);
  transfer.transfer = true;
  solo.receive(2, 2, transfer);
  EXPECT_TRUE(solo.body<VoteReply>(2)->granted);
}

// The leader of the earlier term may rely on its lease. (Here it was a candidate's refusal of an
// old pre-vote that told.)
TEST(Vote, IsRefusedAfterALeaderWasHeardAlsoInALaterTermThatAnotherMessageTellsOf) {
  Solo solo(3, restored(1, {}));
  solo.wait(Duration::millis(200));
  solo.receive(3, 1, Heartbeat{.commit = {}, .round = 0});
  solo.receive(2, 2, VoteReply{.pre_vote = true, .granted = false});
  ASSERT_EQ(solo.term(), 2u);
  solo.wait(Duration::millis(299));
  solo.receive(2, 2, vote_request(9, 1));
  EXPECT_FALSE(solo.body<VoteReply>(2)->granted);
  solo.receive(2, 3, vote_request(9, 1, true));
  EXPECT_FALSE(solo.body<VoteReply>(2)->granted);
  solo.wait(Duration::millis(1));
  solo.receive(2, 2, vote_request(9, 1));
  EXPECT_TRUE(solo.body<VoteReply>(2)->granted);
}

TEST(PreVote, ANodeThatComesBackDisturbsNobody) {
  Cluster cluster(3);
  cluster.run(Duration::seconds(2));
  const std::uint64_t leader = cluster.leader();
  ASSERT_NE(leader, 0u);
  const Term term = cluster[leader].status().term;
  const std::uint64_t away = leader % 3 + 1;
  cluster.isolate(away);
  cluster.run(Duration::seconds(20));
  cluster.heal();
  cluster.run(Duration::seconds(5));
  EXPECT_EQ(cluster.leader(), leader);
  EXPECT_EQ(cluster[leader].status().term, term);
}

// It sends but hears nothing:
// https://decentralizedthoughts.github.io/2020-12-12-raft-liveness-full-omission/
TEST(PreVote, ADeafNodeDisturbsNobody) {
  Cluster cluster(3);
  cluster.run(Duration::seconds(2));
  const std::uint64_t leader = cluster.leader();
  const Term term = cluster[leader].status().term;
  const std::uint64_t deaf = leader % 3 + 1;
  for (std::uint64_t other = 1; other <= 3; ++other) cluster.cut(other, deaf);
  cluster.run(Duration::seconds(20));
  EXPECT_EQ(cluster.leader(), leader);
  EXPECT_EQ(cluster[leader].status().term, term);
}

// A refused candidate is no reason to wait longer, or one with a short log could hold up all
// others.
TEST(ElectionTimer, IsResetByAGrantedVoteOnly) {
  Solo solo(3, restored(1, {1}));
  const Time deadline = solo.node.next_deadline();
  solo.now = Time{100'000};
  solo.receive(2, 2, vote_request(0, 0));
  EXPECT_FALSE(solo.body<VoteReply>(2)->granted);
  const Time after_refusal = solo.node.next_deadline();
  solo.now = Time{200'000};
  solo.receive(2, 2, vote_request(0, 0));
  EXPECT_EQ(solo.node.next_deadline(), after_refusal) << "within the same term";
  solo.receive(3, 2, vote_request(1, 1));
  EXPECT_TRUE(solo.body<VoteReply>(3)->granted);
  EXPECT_GE(solo.node.next_deadline(), Time{500'000});
  EXPECT_LT(deadline, Time{600'000});
}

TEST(CheckQuorum, ALeaderWithoutAMajorityStepsDown) {
  Cluster cluster(3);
  cluster.run(Duration::seconds(2));
  const std::uint64_t leader = cluster.leader();
  // It is heard, but hears nobody: without check-quorum its heartbeats would keep the others quiet.
  for (std::uint64_t other = 1; other <= 3; ++other) cluster.cut(other, leader);
  cluster.run(Duration::seconds(5));
  EXPECT_NE(cluster[leader].status().role, Role::Leader);
  EXPECT_NE(cluster.leader(), 0u);
  EXPECT_NE(cluster.leader(), leader);
}

TEST(Election, EverySizeElectsALeader) {
  for (std::size_t voters = 1; voters <= 7; ++voters) {
    Cluster cluster(voters);
    cluster.run(Duration::seconds(5));
    EXPECT_NE(cluster.leader(), 0u) << voters;
  }
}

TEST(Messages, ForOthersOrFromStrangersAreIgnored) {
  Solo solo(3);
  const auto ignored = [&](Message m) {
    solo.step(Received{std::move(m)});
    return solo.effects.empty() && solo.term() == 0;
  };
  const Message good{.group = GroupId{0},
                     .from = {MemberId{2}, 1},
                     .to = {MemberId{1}, 1},
                     .term = Term{1},
                     .body = vote_request(0, 0)};
  Message m = good;
  m.to = {MemberId{3}, 1};
  EXPECT_TRUE(ignored(m)) << "misrouted";
  m = good;
  m.to.incarnation = 2;
  EXPECT_TRUE(ignored(m)) << "to another life of this member";
  m = good;
  m.group = GroupId{1};
  EXPECT_TRUE(ignored(m)) << "misrouted";
  m = good;
  m.from.incarnation = 0;
  EXPECT_TRUE(ignored(m)) << "of nobody";
  m = good;
  m.term = Term{0};
  EXPECT_TRUE(ignored(m)) << "bad term";
  m = good;
  m.term = Term{UINT64_MAX};
  EXPECT_TRUE(ignored(m)) << "term jump";
  EXPECT_FALSE(ignored(good));
}

// Thesis §4.1: "A server accepts AppendEntries requests from a leader that is not part of the
// server's latest configuration. […] A server also grants its vote to a candidate that is not part
// of the server's latest configuration": it may be part of a later one.
TEST(Messages, AStrangerMayHaveBecomeAMemberMeanwhile) {
  Solo solo(3);
  solo.receive(9, 1, vote_request(9, 1));
  ASSERT_NE(solo.body<VoteReply>(9), nullptr);
  EXPECT_TRUE(solo.body<VoteReply>(9)->granted);
  solo.receive(9, 1, Heartbeat{});
  EXPECT_EQ(solo.node.status().leader, MemberId{9});
}

TEST(Messages, ALearnerDoesNotCampaignAndItsVoteIsNotCounted) {
  Cluster cluster(2, 1);
  cluster.isolate(1);
  cluster.campaign(3);
  EXPECT_EQ(cluster[3].status().role, Role::Follower);
  cluster.campaign(2);  // with the learner it would be two of three
  EXPECT_EQ(cluster.leader(), 0u);
}

using MessagesDeathTest = testing::Test;

TEST(MessagesDeathTest, TwoLeadersInOneTermAreFatal) {
  Solo solo(3);
  solo.receive(2, 1, Heartbeat{.commit = {}, .round = 0});
  EXPECT_DEATH(solo.receive(3, 1, Heartbeat{.commit = {}, .round = 0}), "Two leaders in one term");
}

}  // namespace
}  // namespace confman::consensus::test
