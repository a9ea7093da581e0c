#include <gtest/gtest.h>

#include "consensus/member_rules.hpp"
#include "tests/consensus/support/configurations.hpp"
#include "tests/consensus/support/solo.hpp"

// Changes of the configuration by joint consensus: Raft §6, thesis §4.
namespace confman::consensus::test {
namespace {

// From 1 2 3 to 1 4 5.
Membership joint() {
  return {.members = {node(1), node(2, MemberRole::Leaving), node(3, MemberRole::Leaving), node(4),
                      node(5)},
          .outgoing = {MemberId{1}, MemberId{2}, MemberId{3}}};
}

ChangeRefusal refusal(const Solo& solo) {
  const auto* refused = solo.effect<ChangeRefused>();
  return refused ? refused->why : ChangeRefusal::GivenUp;  // which no change gets
}

Effects& change(Solo& solo, MemberChange what, Bytes note = {}) {
  return solo.step(ChangeMembership{ChangeId{1}, std::move(what), std::move(note)});
}

// Raft §6: "Agreement (for elections and entry commitment) requires separate majorities from both
// the old and new configurations."
TEST(Joint, AnEntryNeedsBothMajorities) {
  Solo solo(3, in(joint()));
  solo.lead({2, 4});
  solo.persist();
  solo.acknowledge(4, 2);
  solo.acknowledge(5, 2);
  EXPECT_EQ(solo.commit(), 0u) << "all of the new configuration, and one of three of the old one";
  solo.acknowledge(3, 2);
  EXPECT_EQ(solo.commit(), 2u);
}

TEST(Joint, AnElectionNeedsBothMajorities) {
  for (const auto& [voters, elected] : std::vector<std::pair<std::vector<std::uint64_t>, bool>>{
           {{2, 3}, false}, {{4, 5}, false}, {{3, 5}, true}}) {
    Solo solo(3, in(joint()));
    solo.expire();
    for (std::uint64_t id : {2, 3, 4, 5}) {
      EXPECT_NE(solo.sent<VoteRequest>(id), nullptr) << "both configurations are asked";
    }
    for (std::uint64_t id : voters) {
      solo.receive(id, 2, VoteReply{.pre_vote = true, .granted = true});
    }
    EXPECT_EQ(solo.role() == Role::Candidate, elected) << "a pre-vote needs them too";
    for (std::uint64_t id : {2, 3, 4, 5}) {
      solo.receive(id, 2, VoteReply{.pre_vote = true, .granted = true});
    }
    ASSERT_EQ(solo.role(), Role::Candidate);
    solo.persist();
    for (std::uint64_t id : voters) {
      solo.receive(id, 2, VoteReply{.pre_vote = false, .granted = true});
    }
    EXPECT_EQ(solo.role() == Role::Leader, elected);
  }
}

// Raft §6: "Once C-old,new has been committed […] it is now safe for the leader to create a log
// entry describing C-new".
TEST(Joint, IsLeftOnceItIsCommittedAndNotBefore) {
  Solo solo(3, in(joint()));
  solo.lead({2, 4});
  solo.persist();
  solo.acknowledge(4, 2);
  EXPECT_TRUE(solo.node.membership().joint());
  solo.acknowledge(2, 2);
  EXPECT_EQ(solo.node.membership(),
            (Membership{.members = {node(1), node(4), node(5)}, .outgoing = {}}));
  EXPECT_NE(solo.effect<MembershipInForce>(), nullptr);
  EXPECT_EQ(solo.commit(), 2u);
  solo.persist();
  solo.acknowledge(2, 3);
  EXPECT_EQ(solo.commit(), 2u) << "who has left doesn't decide any more";
  EXPECT_EQ(solo.node.status().peers.size(), 2u);
  solo.acknowledge(4, 3);
  EXPECT_EQ(solo.commit(), 3u);
}

TEST(Joint, CheckQuorumNeedsBothMajorities) {
  Solo solo(3, in(joint()));
  solo.lead({2, 4});
  solo.persist();
  solo.wait_with({4, 5}, Duration::millis(290));
  EXPECT_EQ(solo.role(), Role::Leader);
  solo.wait_with({4, 5}, Duration::millis(50));
  EXPECT_EQ(solo.role(), Role::Follower);
}

// Thesis §4.2.1: the leader replicates to a new server "but the new server is not yet counted
// towards majorities for voting or commitment purposes".
TEST(Learner, CountsForNothing) {
  Solo solo(3, in(with_learner()));
  solo.expire();
  EXPECT_EQ(solo.sent<VoteRequest>(4), nullptr);
  solo.receive(4, 2, VoteReply{.pre_vote = true, .granted = true});
  EXPECT_EQ(solo.role(), Role::PreCandidate);
  solo.receive(2, 2, VoteReply{.pre_vote = true, .granted = true});
  solo.persist();
  solo.receive(4, 2, VoteReply{.pre_vote = false, .granted = true});
  EXPECT_EQ(solo.role(), Role::Candidate);
  solo.receive(3, 2, VoteReply{.pre_vote = false, .granted = true});
  ASSERT_EQ(solo.role(), Role::Leader);
  EXPECT_NE(solo.sent<AppendRequest>(4), nullptr) << "it is replicated to";
  solo.persist();
  solo.acknowledge(4, 2);
  EXPECT_EQ(solo.commit(), 0u);
  solo.wait_with({4}, Duration::millis(350));
  EXPECT_EQ(solo.role(), Role::Follower) << "with a learner alone there is no majority";
}

TEST(Change, AddsANodeCatchesItUpAndMakesItAVoter) {
  Cluster cluster(3);
  cluster.run(Duration::seconds(2));
  const std::uint64_t leader = cluster.leader();
  cluster.propose(leader, "a");
  const std::uint64_t spare = cluster.add_spare();
  cluster.run(Duration::millis(500));
  EXPECT_EQ(cluster[spare].status().standing, Standing::Waiting);
  cluster.change(leader, AddLearner{node(spare)});
  cluster.run(Duration::seconds(1));
  EXPECT_EQ(cluster[spare].status().standing, Standing::Learner);
  EXPECT_EQ(cluster.commands(spare), std::vector<std::string>{"a"});
  const ChangeId promotion = cluster.change(leader, Promote{MemberId{spare}, 0});
  cluster.run(Duration::seconds(1));
  EXPECT_TRUE(cluster[leader].changes.contains(promotion));
  for (std::uint64_t id = 1; id <= 4; ++id) {
    EXPECT_EQ(cluster[id].status().standing, Standing::Voter) << id;
    EXPECT_EQ(cluster[id].in_force.find(MemberId{spare})->incarnation, 1u) << "the disk it has";
    EXPECT_FALSE(cluster[id].in_force.joint());
  }
}

// Thesis §4.2.1: a server is added as a voter only once it has caught up.
TEST(Promotion, WaitsUntilTheLearnerHasCaughtUp) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  change(solo, Promote{MemberId{4}, 0});
  EXPECT_EQ(refusal(solo), ChangeRefusal::NotCaughtUp) << "just met";
  solo.receive(4, 2, AppendReply{.success = false, .match = LogIndex{1}, .hint = {}});
  change(solo, Promote{MemberId{4}, 0});
  EXPECT_EQ(refusal(solo), ChangeRefusal::NotCaughtUp) << "heard, and far behind";
  solo.acknowledge(4, 2);
  solo.answer(4, Condition::LowSpace);
  change(solo, Promote{MemberId{4}, 0});
  EXPECT_EQ(refusal(solo), ChangeRefusal::LowOnSpace);
  for (const Condition lacks : {Condition::Damaged, Condition::Stateless}) {
    solo.answer(4, lacks);
    change(solo, Promote{MemberId{4}, 0});
    EXPECT_EQ(refusal(solo), ChangeRefusal::Incomplete);
  }
  solo.answer(4);
  change(solo, Promote{MemberId{4}, 99});
  ASSERT_NE(solo.effect<ChangeAppended>(), nullptr);
  EXPECT_EQ(solo.node.membership().find(MemberId{4})->incarnation, 1u)
      << "the disk that caught up, whatever was asked for";
}

// Thesis §4.2.1: catching up goes by rounds, and the last of them must have taken no longer than an
// election time-out.
TEST(Promotion, WaitsForARoundOfCatchingUpThatWasQuick) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.wait_with({2, 4}, Duration::millis(350));
  solo.acknowledge(4, 2);  // all that there is, and late
  change(solo, Promote{MemberId{4}, 0});
  EXPECT_EQ(refusal(solo), ChangeRefusal::NotCaughtUp);
  solo.wait_with({2, 4}, Duration::millis(50));
  change(solo, Promote{MemberId{4}, 0});
  EXPECT_NE(solo.effect<ChangeAppended>(), nullptr);
}

TEST(Promotion, IsRefusedWhenTheLearnerFellSilent) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.acknowledge(4, 2);
  solo.wait_with({2}, Duration::millis(350));
  change(solo, Promote{MemberId{4}, 0});
  EXPECT_EQ(refusal(solo), ChangeRefusal::Inactive);
}

// A learner may come with whatever disk; with another one nothing is known of it. A voter may not.
TEST(Incarnations, ALearnersNewDiskBeginsAnewAndAVotersDoesNotCount) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  solo.acknowledge(4, 2);
  ASSERT_EQ(solo.node.status().peers[2].match, LogIndex{2});
  const auto from_disk = [&](std::uint64_t member, std::uint64_t incarnation) {
    solo.step(Received{{.group = GroupId{0},
                        .from = {MemberId{member}, incarnation},
                        .to = {MemberId{1}, 1},
                        .term = Term{2},
                        .body = AppendReply{.success = true, .match = LogIndex{2}}}});
  };
  solo.step(Received{{.group = GroupId{0},
                      .from = {MemberId{4}, 7},
                      .to = {MemberId{1}, 1},
                      .term = Term{2},
                      .body = HeartbeatReply{}}});
  EXPECT_EQ(solo.node.status().peers[2].match, LogIndex{});
  EXPECT_FALSE(solo.node.status().peers[2].caught_up);
  from_disk(2, 7);
  EXPECT_EQ(solo.commit(), 0u);
  from_disk(2, 1);
  EXPECT_EQ(solo.commit(), 2u);
}

// It is a learner already in the configuration to come, and a voter still in the one before.
TEST(Incarnations, WhoeverIsBeingDemotedCountsByItsOldDiskOnly) {
  for (const std::uint64_t incarnation : {7u, 1u}) {
    Solo solo(4);
    solo.lead({2, 3});
    solo.persist();
    for (const std::uint64_t member : {2u, 3u, 4u}) solo.acknowledge(member, 2);
    ASSERT_EQ(solo.commit(), 2u);
    change(solo, Demote{MemberId{4}});
    solo.persist();
    solo.acknowledge(2, 3);
    solo.step(Received{{.group = GroupId{0},
                        .from = {MemberId{4}, incarnation},
                        .to = {MemberId{1}, 1},
                        .term = solo.node.status().term,
                        .body = AppendReply{.success = true, .match = LogIndex{3}}}});
    EXPECT_EQ(solo.commit(), incarnation == 1 ? 3u : 2u);
  }
}

TEST(Incarnations, AnotherDiskUnderAVotersNameHasNoVote) {
  Solo solo(3);
  solo.expire();
  for (const auto& [incarnation, role] :
       {std::pair{2u, Role::PreCandidate}, {1u, Role::Candidate}}) {
    solo.step(Received{{.group = GroupId{0},
                        .from = {MemberId{2}, incarnation},
                        .to = {MemberId{1}, 1},
                        .term = Term{1},
                        .body = VoteReply{.pre_vote = true, .granted = true}}});
    EXPECT_EQ(solo.role(), role);
  }
}

// The bug of 2015 (https://groups.google.com/g/raft-dev/c/t4xj6dJTP6E): "a leader may not append a
// new configuration entry until it has committed an entry from its current term".
TEST(Change, IsRefusedUntilAnEntryOfTheOwnTermIsCommitted) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  change(solo, Remove{MemberId{4}});
  EXPECT_EQ(refusal(solo), ChangeRefusal::NotReady);
  solo.acknowledge(2, 2);
  change(solo, Remove{MemberId{4}});
  EXPECT_NE(solo.effect<ChangeAppended>(), nullptr);
}

// Thesis §4.1: at most one change at a time; here a change lasts until its final entry is
// committed.
TEST(Change, IsRefusedWhileAnotherIsPending) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.acknowledge(3, 2);
  solo.acknowledge(4, 2);
  const auto pending = [&] {
    change(solo, Demote{MemberId{3}});
    return refusal(solo) == ChangeRefusal::ChangePending;
  };
  change(solo, Promote{MemberId{4}, 0});
  ASSERT_EQ(solo.effect<ChangeAppended>()->at, log_id(3, 2));
  EXPECT_TRUE(pending()) << "the joint configuration isn't committed";
  solo.persist();
  solo.acknowledge(2, 3);
  solo.acknowledge(3, 3);
  ASSERT_EQ(solo.commit(), 3u);
  EXPECT_TRUE(pending()) << "the final configuration isn't committed";
  solo.persist();
  solo.acknowledge(2, 4);
  solo.acknowledge(3, 4);
  ASSERT_EQ(solo.commit(), 4u);
  EXPECT_FALSE(pending());
}

TEST(Change, IsRefusedWhileLeadershipIsHandedOverAndWithoutSpaceAndByAFollower) {
  Solo solo(3, in(with_learner()),
            [](RaftConfig& c) { c.min_free_bytes = c.resume_free_bytes = 100; });
  change(solo, Remove{MemberId{4}});
  EXPECT_EQ(refusal(solo), ChangeRefusal::NotLeader);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.acknowledge(3, 1);
  solo.step(DiskSpace{99});
  change(solo, Remove{MemberId{4}});
  EXPECT_EQ(refusal(solo), ChangeRefusal::NoSpace);
  solo.step(DiskSpace{100});
  solo.step(TransferLeadership{ChangeId{2}, MemberId{3}});
  change(solo, Remove{MemberId{4}});
  EXPECT_EQ(refusal(solo), ChangeRefusal::Transferring);
}

// Thesis §4.4 (availability): of the voters that would be there enough must be within reach.
TEST(Change, IsRefusedWhenTheRestWouldHaveNoMajority) {
  Solo solo(3);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.wait_with({2}, Duration::millis(400));
  change(solo, Remove{MemberId{2}});
  EXPECT_EQ(refusal(solo), ChangeRefusal::WouldLoseQuorum)
      << "1 and 3 would be left, and 3 is down";
  change(solo, Demote{MemberId{2}});
  EXPECT_EQ(refusal(solo), ChangeRefusal::WouldLoseQuorum);
  change(solo, Remove{MemberId{3}});
  EXPECT_NE(solo.effect<ChangeAppended>(), nullptr);
}

TEST(Change, CountsWhoCannotTakeEntriesAsOutOfReach) {
  Solo solo(3);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.answer(3, Condition::NoSpace);
  change(solo, Remove{MemberId{2}});
  EXPECT_EQ(refusal(solo), ChangeRefusal::WouldLoseQuorum);
}

TEST(Change, TellsWhatIsWrongWithIt) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  change(solo, Promote{MemberId{2}, 0});
  EXPECT_EQ(refusal(solo), ChangeRefusal::NotALearner);
  change(solo, Promote{MemberId{9}, 0});
  EXPECT_EQ(refusal(solo), ChangeRefusal::UnknownMember);
}

// Thesis §4.2.2: a leader that removes itself "steps down […] once the Cnew entry is committed".
TEST(Removal, ALeaderThatRemovesItselfLeadsUntilThatIsCommitted) {
  Solo solo(3);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.acknowledge(3, 2);
  change(solo, Remove{MemberId{1}});
  solo.persist();
  solo.acknowledge(2, 3);
  solo.acknowledge(3, 3);
  ASSERT_FALSE(solo.node.membership().contains(MemberId{1}));
  solo.persist();
  EXPECT_EQ(solo.role(), Role::Leader);
  solo.acknowledge(2, 4);
  EXPECT_EQ(solo.commit(), 3u) << "thesis §4.2.2: it doesn't count itself in majorities";
  EXPECT_EQ(solo.role(), Role::Leader);
  solo.acknowledge(3, 4);
  EXPECT_EQ(solo.commit(), 4u);
  EXPECT_NE(solo.sent<TimeoutNow>(2), nullptr) << "so that nobody waits for an election";
  solo.propose("x");
  EXPECT_EQ(solo.node.log().last(), LogIndex{4}) << "it takes no proposals any more";
  solo.wait(Duration::millis(300));
  EXPECT_EQ(solo.role(), Role::Follower) << "nor does it lead on when nobody takes over";
}

// Under load there is always something that a follower hasn't got yet.
TEST(Removal, OfTheLeaderWaitsForASuccessorThatHasAllOfTheLog) {
  Solo solo(3);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.acknowledge(3, 2);
  change(solo, Demote{MemberId{1}});
  solo.persist();
  solo.acknowledge(2, 3);
  solo.acknowledge(3, 3);
  solo.propose("x");
  solo.persist();
  ASSERT_EQ(solo.node.log().last(), LogIndex{5});
  solo.acknowledge(2, 4);
  solo.acknowledge(3, 4);
  EXPECT_EQ(solo.sent<TimeoutNow>(2), nullptr);
  EXPECT_EQ(solo.sent<TimeoutNow>(3), nullptr);
  EXPECT_EQ(solo.role(), Role::Leader);
  solo.acknowledge(2, 5);
  EXPECT_NE(solo.sent<TimeoutNow>(2), nullptr);
}

TEST(Removal, OfTheLeaderLeavesAClusterThatServes) {
  Cluster cluster(3);
  cluster.campaign(1);
  cluster.propose(1, "a");
  cluster.settle();
  cluster.change(1, Remove{MemberId{1}});
  cluster.settle();  // no time passes
  const std::uint64_t leader = cluster.leader();
  ASSERT_NE(leader, 0u);
  ASSERT_NE(leader, 1u);
  cluster.propose(leader, "b");
  cluster.run(Duration::seconds(5));
  EXPECT_EQ(cluster.commands(2), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(cluster.leader(), leader) << "thesis §4.2.3: who was removed disturbs nobody";
  EXPECT_EQ(cluster[1].status().standing, Standing::Removed);
}

// The node may be the only one that has the entries which the others need.
TEST(Removal, WhomTheLatestConfigurationLeavesOutMayCampaignUntilThatIsCommitted) {
  const Membership before{.members = {node(1), node(2), node(3)}, .outgoing = {}};
  const Membership after{.members = {node(2), node(3)}, .outgoing = {}};
  Restored pending = in(before);
  pending.log.entries.push_back(naming(2, 1, after));
  pending.applied = end_of({pending.log.entries[0]});
  pending.membership = before;
  Restored committed = pending;
  committed.applied = end_of(committed.log.entries);
  committed.membership = after;
  for (const auto& [start, role] :
       {std::pair{pending, Role::PreCandidate}, std::pair{committed, Role::Follower}}) {
    Solo solo(3, start);
    solo.expire();
    EXPECT_EQ(solo.role(), role);
  }
}

// Raft §6: a server uses the latest configuration in its log, "regardless of whether the entry is
// committed"; so also the one before, when the latest is removed.
TEST(Removal, AnUncommittedConfigurationIsUndoneWithItsEntry) {
  Restored start = in(with_learner());
  start.log.entries.push_back(naming(2, 1, {.members = {node(1), node(2)}, .outgoing = {}}));
  Solo solo(3, start);
  ASSERT_FALSE(solo.node.membership().contains(MemberId{3}));
  solo.receive(
      3, 2,
      AppendRequest{.prev = log_id(1, 1), .commit = {}, .round = 0, .entries = {entry(2, 2)}});
  EXPECT_EQ(solo.node.membership(), with_learner());
  ASSERT_NE(solo.effect<MembershipInForce>(), nullptr);
  EXPECT_EQ(solo.effect<MembershipInForce>()->contacts, with_learner());
}

TEST(Removal, DoesNotStandInTheWayOfATransferToAnother) {
  Solo solo(3, in(with_learner()));
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  solo.acknowledge(3, 2);
  change(solo, Remove{MemberId{3}});
  solo.acknowledge(2, 3);
  solo.step(TransferLeadership{ChangeId{5}, MemberId{2}});
  EXPECT_NE(solo.sent<TimeoutNow>(2), nullptr);
}

// Who asked for a change goes into the log where every member can read it.
TEST(Notes, AreKeptFromTheLevelOnThatKnowsThem) {
  for (std::uint64_t level : {kFirstFeatureLevel, kMemberNotes}) {
    Restored start = in(with_learner());
    start.feature_level = level;
    Solo solo(3, start, [](RaftConfig& c) { c.max_feature_level = kNewestFeatureLevel; });
    solo.lead();
    solo.persist();
    solo.acknowledge(2, 2);
    change(solo, Remove{MemberId{4}}, "alice");
    const auto written = decode_membership_change(*solo.node.log().at(LogIndex{3}).payload);
    EXPECT_EQ(written->note, level == kFirstFeatureLevel ? "" : "alice");
  }
}

// --- a change as a value

struct Asked {
  const char* what;
  MemberChange change;
  ChangeRefusal why;
};

TEST(Changed, RefusesWhatCannotBe) {
  const auto with = [](auto field, const char* text) {
    consensus::Member member = node(9);
    member.*field = text;
    return AddLearner{member};
  };
  using consensus::Member;
  Membership voters;
  for (std::uint64_t id = 1; id <= kMaxVoters; ++id) voters.members.push_back(node(id));
  voters.members.push_back(node(kMaxVoters + 1, MemberRole::Learner));
  Membership full = with_learner();
  for (std::uint64_t id = 5; full.members.size() < kMaxMembers; ++id) {
    full.members.push_back(node(id, MemberRole::Learner));
  }
  const Membership one{.members = {node(1), node(4, MemberRole::Learner)}, .outgoing = {}};
  const std::pair<Membership, std::vector<Asked>> table[] = {
      {with_learner(),
       {{"add 1", AddLearner{node(1)}, ChangeRefusal::AlreadyMember},
        {"add 0", AddLearner{node(0)}, ChangeRefusal::InvalidMember},
        {"no address", with(&Member::api_address, "nowhere"), ChangeRefusal::InvalidMember},
        {"a URL", with(&Member::peer_address, "http://host9:1"), ChangeRefusal::InvalidMember},
        {"one address", with(&Member::peer_address, "host9:2"), ChangeRefusal::InvalidMember},
        {"a space", with(&Member::name, "node 9"), ChangeRefusal::InvalidMember},
        {"a peer's peer", with(&Member::peer_address, "host2:1"), ChangeRefusal::AddressTaken},
        {"a client's peer", with(&Member::peer_address, "HOST4:2"), ChangeRefusal::AddressTaken},
        {"a learner's api", with(&Member::api_address, "host4:2"), ChangeRefusal::AddressTaken},
        {"promote 9", Promote{MemberId{9}, 1}, ChangeRefusal::UnknownMember},
        {"promote 1", Promote{MemberId{1}, 1}, ChangeRefusal::NotALearner},
        {"demote 9", Demote{MemberId{9}}, ChangeRefusal::UnknownMember},
        {"demote 4", Demote{MemberId{4}}, ChangeRefusal::NotAVoter},
        {"remove 9", Remove{MemberId{9}}, ChangeRefusal::UnknownMember}}},
      {one,
       {{"demote 1", Demote{MemberId{1}}, ChangeRefusal::LastVoter},
        {"remove 1", Remove{MemberId{1}}, ChangeRefusal::LastVoter}}},
      {voters, {{"promote 8", Promote{MemberId{kMaxVoters + 1}, 1}, ChangeRefusal::TooManyVoters}}},
      {full, {{"add 99", AddLearner{node(99)}, ChangeRefusal::TooManyMembers}}}};
  for (const auto& [current, rows] : table) {
    for (const Asked& row : rows) {
      const auto next = changed(current, row.change);
      ASSERT_FALSE(next) << row.what;
      EXPECT_EQ(next.error(), row.why) << row.what << ": " << name_of(next.error());
    }
  }
}

TEST(Changed, GoesThroughAJointConfigurationIfVotersChange) {
  struct Row {
    MemberChange change;
    std::uint64_t subject;
    std::vector<std::uint64_t> voters;  // in the end
    std::size_t members;
    bool joint;
  };
  const Row rows[] = {{AddLearner{node(5)}, 5, {1, 2, 3}, 5, false},
                      {Promote{MemberId{4}, 7}, 4, {1, 2, 3, 4}, 4, true},
                      {Demote{MemberId{2}}, 2, {1, 3}, 4, true},
                      {Remove{MemberId{2}}, 2, {1, 3}, 3, true},
                      {Remove{MemberId{4}}, 4, {1, 2, 3}, 3, false}};
  for (const Row& row : rows) {
    EXPECT_EQ(subject_of(row.change), MemberId{row.subject});
    const auto next = changed(with_learner(), row.change);
    ASSERT_TRUE(next);
    EXPECT_TRUE(well_formed(*next));
    EXPECT_EQ(next->joint(), row.joint);
    EXPECT_EQ(next->outgoing, row.joint ? with_learner().voters() : std::vector<MemberId>{});
    const Membership end = row.joint ? left_joint(*next) : *next;
    std::vector<MemberId> voters;
    for (std::uint64_t id : row.voters) voters.emplace_back(id);
    EXPECT_EQ(end.voters(), voters);
    EXPECT_EQ(end.members.size(), row.members);
    EXPECT_TRUE(well_formed(end));
    for (const consensus::Member& m : end.members) {
      EXPECT_EQ(m.role == MemberRole::Learner, m.incarnation == 0) << "votes belong to disks";
    }
  }
}

TEST(Changed, EveryRefusalHasAName) {
  for (int why = 0; why <= static_cast<int>(ChangeRefusal::GivenUp); ++why) {
    EXPECT_STRNE(name_of(static_cast<ChangeRefusal>(why)), "unknown") << why;
  }
}

TEST(ChangedDeathTest, OneAtATime) {
  EXPECT_DEATH((void)changed(joint(), Remove{MemberId{1}}), "second change");
  EXPECT_DEATH((void)left_joint(with_learner()), "hadn't been begun");
}

}  // namespace
}  // namespace confman::consensus::test
