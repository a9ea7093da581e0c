#include <gtest/gtest.h>

#include "domain/base/hash.hpp"
#include "tests/consensus/support/configurations.hpp"
#include "tests/consensus/support/solo.hpp"

// How a cluster begins (consensus/raft/founding.cpp): all founders must have met, each the same
// disks. A vote belongs to a disk; a wiped member that is counted as the voter it was votes twice
// (https://github.com/etcd-io/etcd/issues/21178).
namespace confman::consensus::test {
namespace {

constexpr Duration kAWhile = Duration::seconds(3);

// A cluster whose disks are all empty; its founders' incarnations are 2 then.
struct Beginning : Cluster {
  explicit Beginning(std::size_t voters) : Cluster(voters) {
    for (std::uint64_t id = 1; id <= voters; ++id) (*this)[id].wipe();
  }
  void start(std::uint64_t id) { (*this)[id].start(now()); }
  Standing standing(std::uint64_t id) { return (*this)[id].status().standing; }
};

TEST(Founding, WaitsUntilAllFoundersHaveMet) {
  Beginning cluster(3);
  cluster.start(1);
  cluster.start(2);
  cluster.run(kAWhile);
  EXPECT_EQ(cluster.leader(), 0u) << "a majority will not do";
  EXPECT_EQ(cluster.standing(1), Standing::Founding);
  cluster.start(3);
  cluster.run(kAWhile);
  EXPECT_NE(cluster.leader(), 0u);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    EXPECT_EQ(cluster.standing(id), Standing::Voter);
    for (const consensus::Member& member : cluster[id].in_force.members) {
      EXPECT_EQ(member.incarnation, 2u) << "the disks that met";
    }
  }
}

TEST(Founding, OfOneNeedsNobodyElse) {
  Beginning cluster(1);
  cluster.start(1);
  cluster.run(kAWhile);
  EXPECT_EQ(cluster.leader(), 1u);
}

TEST(Founding, ThatHasMetAllButHeardOfNoAgreementStaysWhereItIs) {
  Beginning cluster(3);
  for (std::uint64_t id = 1; id <= 3; ++id) cluster.start(id);
  cluster.drop = [](const Message& m) {
    return m.from.member == MemberId{2} && m.to.member == MemberId{3};
  };
  cluster.run(kAWhile);
  EXPECT_EQ(cluster.standing(3), Standing::Founding);
}

// The record of the others has another disk for it.
TEST(Founding, AFounderThatIsWipedAfterAllHaveMetFoundsNothing) {
  Beginning cluster(3);
  for (std::uint64_t id = 1; id <= 3; ++id) cluster.start(id);
  cluster.run(kAWhile);
  ASSERT_EQ(cluster.standing(3), Standing::Voter);
  cluster.isolate(1);
  cluster.replace_disk(3);
  cluster.run(kAWhile);
  EXPECT_EQ(cluster.standing(3), Standing::Waiting) << "it can't vote a second time";
  EXPECT_EQ(cluster.leader() == 2 && cluster[2].status().term > Term{2}, false);
  cluster.heal();
  cluster.run(kAWhile);
  EXPECT_NE(cluster.leader(), 0u) << "the other two are a majority";
  EXPECT_EQ(cluster.standing(3), Standing::Waiting) << "until it is added";
}

TEST(Founding, AFounderThatIsWipedBeforeAllHaveMetIsMetAnew) {
  Beginning cluster(3);
  cluster.start(1);
  cluster.start(2);
  cluster.run(kAWhile);
  cluster.replace_disk(2);
  cluster.start(3);
  cluster.run(kAWhile);
  ASSERT_NE(cluster.leader(), 0u);
  EXPECT_EQ(cluster[1].in_force.find(MemberId{2})->incarnation, 3u);
}

TEST(Founding, ANodeThatIsStartedOnlyLaterFindsThatTheClusterIsThere) {
  Cluster cluster(3);
  cluster.run(kAWhile);
  const std::uint64_t spare = cluster.add_spare();
  cluster.run(kAWhile);
  EXPECT_EQ(cluster[spare].status().standing, Standing::Waiting);
  EXPECT_EQ(cluster[spare].status().role, Role::Follower);
}

TEST(Founding, SurvivesACrashOfEveryFounderInTheMiddle) {
  Beginning cluster(3);
  for (std::uint64_t id = 1; id <= 3; ++id) cluster.start(id);
  for (int i = 0; i < 200 && cluster.leader() == 0; ++i) {
    cluster.run(Duration::millis(40));
    cluster.restart(1 + static_cast<std::uint64_t>(i) % 3);
  }
  cluster.run(kAWhile);
  EXPECT_NE(cluster.leader(), 0u);
}

// --- one founder, step by step

// Has met these disks; 0: not yet.
Restored met(std::uint64_t second, std::uint64_t third) {
  Restored r;
  r.log.founders = FounderRecord{.members = make_config(1, 3).founders, .founded = false};
  r.log.founders->members.members[1].incarnation = second;
  r.log.founders->members.members[2].incarnation = third;
  return r;
}

Introduction record(std::uint64_t second, std::uint64_t third, bool founded = false) {
  return {.wants_answer = false,
          .founders = {{MemberId{1}, 1}, {MemberId{2}, second}, {MemberId{3}, third}},
          .founded = founded,
          .committed = {},
          .member = false};
}

Effects& introduce(Solo& solo, std::uint64_t from, std::uint64_t disk, Introduction body) {
  return solo.step(Received{{.group = GroupId{0},
                             .from = {MemberId{from}, disk},
                             .to = {MemberId{1}, 1},
                             .term = Term{},
                             .body = std::move(body)}});
}

TEST(Founder, WritesDownWhomItMeetsBeforeItSaysSo) {
  Solo solo(3, met(0, 0));
  Introduction question = record(5, 0);
  question.wants_answer = true;
  introduce(solo, 2, 5, question);
  ASSERT_NE(solo.effect<Persist>(), nullptr);
  EXPECT_EQ(solo.effect<Persist>()->request.founders->members.members[1].incarnation, 5u);
  const Send* answer = solo.sent<Introduction>(2);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->after, solo.effect<Persist>()->request.seq);
  EXPECT_EQ(std::get<Introduction>(answer->message.body).founders[1].incarnation, 5u);
}

TEST(Founder, FoundsWhenEverybodyHasTheSameRecord) {
  Solo solo(3, met(5, 6));
  introduce(solo, 2, 5, record(5, 6));
  EXPECT_EQ(solo.node.status().standing, Standing::Founding);
  introduce(solo, 2, 5, record(5, 6));
  EXPECT_EQ(solo.node.status().standing, Standing::Founding) << "the same one twice";
  introduce(solo, 3, 6, record(5, 0));
  EXPECT_EQ(solo.node.status().standing, Standing::Founding) << "the record of 3 isn't complete";
  introduce(solo, 3, 6, record(5, 6));
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
  EXPECT_TRUE(solo.effect<Persist>()->request.founders->founded);
}

// All had the record once, or none could have founded; one may have lost its disk since.
TEST(Founder, OneThatHasFoundedIsWordOfAll) {
  Solo solo(3, met(5, 6));
  introduce(solo, 2, 5, record(5, 7, true));
  EXPECT_EQ(solo.node.status().standing, Standing::Founding) << "by another record";
  introduce(solo, 2, 5, record(5, 6, true));
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
}

TEST(Founder, ACompleteRecordNeverChangesAndAnIncompleteOneMay) {
  Solo complete(3, met(5, 6));
  introduce(complete, 3, 7, record(5, 7));
  EXPECT_EQ(complete.effect<Persist>(), nullptr);
  introduce(complete, 2, 5, record(5, 7, true));
  EXPECT_EQ(complete.node.status().standing, Standing::Founding);
  Solo incomplete(3, met(5, 0));
  introduce(incomplete, 2, 8, record(8, 0));
  EXPECT_EQ(incomplete.effect<Persist>()->request.founders->members.members[1].incarnation, 8u);
}

TEST(Founder, AgreesWithNobodyBeforeItsOwnRecordIsComplete) {
  Solo solo(3, met(5, 0));
  introduce(solo, 2, 5, record(5, 6));
  introduce(solo, 3, 6, record(5, 6));  // the record is complete now
  EXPECT_EQ(solo.node.status().standing, Standing::Founding) << "that of 2 came too early";
  introduce(solo, 2, 5, record(5, 6));
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
}

TEST(Founder, ThatIsNoMemberOfWhatIsThereWaits) {
  Solo solo(3, met(0, 0));
  Introduction theirs;
  theirs.committed = LogIndex{7};
  theirs.member = true;
  introduce(solo, 2, 5, theirs);
  EXPECT_EQ(solo.node.status().standing, Standing::Founding);
  theirs.member = false;
  introduce(solo, 2, 5, theirs);
  EXPECT_EQ(solo.node.status().standing, Standing::Waiting);
  solo.receive(2, 3, Heartbeat{});
  EXPECT_EQ(solo.node.status().leader, MemberId{2}) << "a leader that has added it is heard";
}

TEST(Founder, AVoterSaysWhoIsAMemberByItsDisk) {
  Restored start = in(with_learner());
  start.applied = end_of(start.log.entries);
  start.membership = with_learner();
  Solo solo(3, start);
  const auto told = [&](std::uint64_t member, std::uint64_t disk) {
    Introduction question;
    question.wants_answer = true;
    introduce(solo, member, disk, question);
    return solo.body<Introduction>(member)->member;
  };
  EXPECT_TRUE(told(2, 1));
  EXPECT_FALSE(told(2, 9)) << "another disk than the voter's";
  EXPECT_TRUE(told(4, 9)) << "a learner may be any";
  EXPECT_FALSE(told(7, 1));
  EXPECT_EQ(solo.body<Introduction>(7)->committed, LogIndex{1});
}

// A learner's disk was exchanged, and its settings are older than the leader: nobody else would
// tell either of the other.
TEST(Waiting, TellsALeaderThatSpeaksToTheDiskBefore) {
  Solo solo(3, met(0, 0));
  const auto hear = [&](std::uint64_t disk, MessageBody body) {
    solo.step(Received{{.group = GroupId{0},
                        .from = {MemberId{4}, 8},
                        .to = {MemberId{1}, disk},
                        .term = Term{3},
                        .body = std::move(body)}});
    return solo.sent<Introduction>(4) != nullptr;
  };
  EXPECT_TRUE(hear(9, Heartbeat{}));
  EXPECT_EQ(solo.sent<Introduction>(4)->message.to, (NodeId{MemberId{4}, 8}));
  EXPECT_EQ(solo.node.status().leader, std::nullopt) << "it wasn't meant";
  EXPECT_FALSE(hear(9, HeartbeatReply{})) << "not a leader";
  EXPECT_FALSE(hear(1, Heartbeat{}));
}

// A node that was just added gets the state as of some time before that.
TEST(Waiting, IsWhoGetsAnOlderStateThanItsOwnAddition) {
  Solo solo(3, met(0, 0));
  const Membership before{.members = {node(2), node(3)}, .outgoing = {}};
  const SnapshotMeta meta{.last = log_id(5, 1), .membership = encode(before), .size = 4};
  solo.receive(2, 3,
               SnapshotChunk{.meta = meta, .crc = crc32c("abcd"), .data = make_payload("abcd")});
  solo.step(SnapshotChunkStored{meta, 4});
  solo.step(SnapshotInstalled{meta});
  EXPECT_EQ(solo.node.status().standing, Standing::Waiting) << "not removed";
  const auto append = [&](std::uint64_t index, Membership members) {
    solo.receive(2, 3,
                 AppendRequest{.prev = log_id(index - 1, index == 6 ? 1 : 3),
                               .commit = {},
                               .round = 0,
                               .entries = {naming(index, 3, std::move(members))}});
  };
  append(6, {.members = {node(1, MemberRole::Learner), node(2), node(3)}, .outgoing = {}});
  EXPECT_EQ(solo.node.status().standing, Standing::Learner);
  append(7, before);
  EXPECT_EQ(solo.node.status().standing, Standing::Removed);
}

// Its name was a member before: that it was removed then is of the past.
TEST(Waiting, IsWhoPassesByItsFormerRemovalWhileItCatchesUp) {
  Solo solo(3, met(0, 0));
  const Membership without{.members = {node(2), node(3)}, .outgoing = {}};
  const Membership with{.members = {node(1, MemberRole::Learner), node(2), node(3)},
                        .outgoing = {}};
  const auto append = [&](std::uint64_t index, const Membership& members) {
    solo.receive(2, 3,
                 AppendRequest{.prev = index == 1 ? LogId{} : log_id(index - 1, 3),
                               .commit = LogIndex{3},
                               .round = 0,
                               .entries = {naming(index, 3, members)}});
    return solo.node.status().standing;
  };
  EXPECT_EQ(append(1, with), Standing::Learner);
  EXPECT_EQ(append(2, without), Standing::Waiting) << "not removed: there is more to come";
  EXPECT_EQ(append(3, with), Standing::Learner);
  EXPECT_EQ(append(4, without), Standing::Removed);
}

// After a restart of all, a leader knows for committed only what the snapshot had, until an entry
// of its own term is: that so much is here says little.
TEST(Waiting, IsWhoPassesByItsFormerRemovalBehindTheCommitIndexOfALeaderThatRestarted) {
  Solo solo(3, met(0, 0));
  const Membership without{.members = {node(2), node(3)}, .outgoing = {}};
  const Membership with{.members = {node(1, MemberRole::Learner), node(2), node(3)},
                        .outgoing = {}};
  const auto append = [&](LogId prev, Entry entry) {
    solo.receive(
        2, 4,
        AppendRequest{
            .prev = prev, .commit = LogIndex{1}, .round = 0, .entries = {std::move(entry)}});
    return solo.node.status().standing;
  };
  EXPECT_EQ(append({}, naming(1, 3, with)), Standing::Learner);
  EXPECT_EQ(append(log_id(1, 3), naming(2, 3, without)), Standing::Waiting) << "not removed";
  EXPECT_EQ(append(log_id(2, 3), naming(3, 3, with)), Standing::Learner);
  EXPECT_EQ(append(log_id(3, 3), entry(4, 4)), Standing::Learner);
  EXPECT_EQ(append(log_id(4, 4), naming(5, 4, without)), Standing::Removed);
}

// A disk of another cluster of the same name: two voters that believed it would never lead again.
TEST(Removed, IsNotSaidByADiskThatTheConfigurationDoesNotName) {
  constexpr std::uint64_t kOfAnotherCluster = 77;
  Solo solo(3, in(with_learner()));
  Introduction theirs;
  theirs.committed = LogIndex{9};
  for (const std::uint64_t sender : {2, 3, 4, 9})
    introduce(solo, sender, kOfAnotherCluster, theirs);
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
  solo.expire();
  EXPECT_EQ(solo.role(), Role::PreCandidate);
}

// Whoever was removed without hearing of it learns so from the others, and keeps quiet.
TEST(Removed, IsFoundOutFromAnotherNodeAndTakenBackByALeader) {
  Solo solo(3, in(with_learner()));
  Introduction theirs;
  theirs.committed = LogIndex{9};
  introduce(solo, 2, 1, theirs);
  EXPECT_EQ(solo.node.status().standing, Standing::Removed);
  solo.expire();
  EXPECT_EQ(solo.role(), Role::Follower);
  EXPECT_NE(solo.sent<Introduction>(3), nullptr) << "it asks whether that is still so";
  solo.receive(3, 2, Heartbeat{});
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
}

// It is refused by all of them before its campaign has timed out, again and again.
TEST(Removed, WhileItWasDownIsFoundOutWithinSomeElectionTimeouts) {
  Cluster cluster(3);
  cluster.campaign(1);
  cluster.propose(1, "a");
  cluster.settle();
  cluster.isolate(3);
  cluster.change(1, Remove{MemberId{3}});
  cluster.run(Duration::seconds(1));
  ASSERT_FALSE(cluster[1].in_force.contains(MemberId{3}));
  cluster.heal();
  cluster.restart(3);
  cluster.run(Duration::seconds(2));
  EXPECT_EQ(cluster[3].status().standing, Standing::Removed);
  EXPECT_EQ(cluster.leader(), 1u) << "and it has disturbed nobody";
}

// Nobody is left whom it can believe. It goes on as a voter by its own account, and disturbs
// nobody.
TEST(Removed, WhileItWasDownIsNotFoundOutOnceAllOtherVotersHaveNewDisks) {
  Cluster cluster(3);
  cluster.campaign(1);
  cluster.propose(1, "a");
  cluster.settle();
  cluster.isolate(3);
  cluster.change(1, Remove{MemberId{3}});
  cluster.run(Duration::seconds(1));
  for (const std::uint64_t leader : {1, 2}) {
    const std::uint64_t other = 3 - leader;
    ASSERT_EQ(cluster.leader(), leader);
    cluster.change(leader, Remove{MemberId{other}});
    cluster.run(Duration::seconds(1));
    cluster.replace_disk(other);
    cluster.change(leader, AddLearner{node(other, MemberRole::Learner)});
    cluster.run(Duration::seconds(1));
    cluster.change(leader, Promote{MemberId{other}, 0});
    cluster.run(Duration::seconds(1));
    ASSERT_TRUE(cluster[leader].in_force.is_voter(NodeId{MemberId{other}, 2}));
    cluster.transfer(leader, other);
    cluster.run(Duration::seconds(1));
  }
  const Term term = cluster[1].status().term;
  cluster.heal();
  cluster.restart(3);
  cluster.run(Duration::seconds(2));
  EXPECT_EQ(cluster[3].status().standing, Standing::Voter);
  EXPECT_EQ(cluster.leader(), 1u);
  EXPECT_EQ(cluster[1].status().term, term);
}

// A vote that is needed stays one: who is refused for another reason is told that it is a member.
TEST(Removed, IsNotWhoIsRefusedVotesForBeingBehind) {
  Solo solo(3, in(with_learner()));
  for (int i = 0; i < 3; ++i) {
    solo.expire();
    ASSERT_EQ(solo.role(), Role::PreCandidate);
    EXPECT_EQ(solo.sent<Introduction>(2) != nullptr, i > 0) << "it asks when it was refused";
    for (const std::uint64_t voter : {2, 3}) {
      solo.receive(voter, 1, VoteReply{.pre_vote = true, .granted = false});
    }
    introduce(solo, 2, 1, {.committed = LogIndex{9}, .member = true});
    introduce(solo, 3, 1, {.committed = LogIndex{0}, .member = false});
    EXPECT_EQ(solo.node.status().standing, Standing::Voter);
  }
}

TEST(Removed, IsNotWhoHearsALeaderNorByAnOlderConfiguration) {
  Solo solo(3, in(with_learner()));
  Introduction theirs;
  theirs.committed = LogIndex{9};
  solo.receive(3, 2, Heartbeat{});
  introduce(solo, 2, 1, theirs);
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
  solo.wait(Duration::seconds(1));
  theirs.committed = LogIndex{};
  introduce(solo, 2, 1, theirs);
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
}

TEST(Standing, EveryOneHasAName) {
  for (int s = 0; s <= static_cast<int>(Standing::Removed); ++s) {
    EXPECT_STRNE(name_of(static_cast<Standing>(s)), "unknown") << s;
  }
}

}  // namespace
}  // namespace confman::consensus::test
