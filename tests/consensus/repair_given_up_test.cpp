#include <gtest/gtest.h>

#include "tests/consensus/support/broken.hpp"

// What a damaged log has lost is given up, or said to be lost (consensus/raft/recv_repair.cpp).
namespace confman::consensus::test {
namespace {

// --- what is given up

// Raft §5.4.3, Leader Completeness: the leader of the term has everything that is committed.
TEST(GivenUp, ForTheLogOfTheLeader) {
  Broken solo;  // has promised 6@2
  solo.receive(2, 3, Heartbeat{});
  solo.ask();
  const std::vector<Entry> leaders = log_with({1, 3});
  RepairReply reply = solo.has(leaders, 3, 3, true);
  solo.receive(2, 3, reply);
  ASSERT_NE(solo.asked(2), nullptr) << "now from what is committed on";
  EXPECT_EQ(solo.asked(2)->from, LogIndex{1});
  EXPECT_EQ(solo.asked(2)->to, LogIndex{3}) << "no further than the leader's log";
  solo.receive(2, 3, solo.has_from_the_start(leaders, 3, true));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1, 1, 3}));
  // Also what both have: nobody knows whether ours is what was promised, or what an older write
  // left there.
  const PersistRequest& written = solo.effect<Persist>()->request;
  EXPECT_EQ(written.truncate_from, LogIndex{1});
  EXPECT_EQ(written.append.size(), 3U);
}

// It may have been committed since the answers were given: without us, but we hold it.
TEST(GivenUp, WhatStandsBehindALogThatAgreesStays) {
  Broken solo(6, 6);
  solo.receive(2, 2, Heartbeat{});
  solo.ask();
  const std::vector<Entry> leaders(kLog.begin(), kLog.begin() + 4);
  solo.receive(
      2, 2, solo.reply(RepairVerdict::Absent, {leaders.back().index, leaders.back().term}, true));
  ASSERT_NE(solo.asked(2), nullptr);
  solo.receive(2, 2, solo.has_from_the_start(leaders, 4, true));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(solo.node.log().slice(LogIndex{1}, LogIndex{5}),
            (std::vector(kLog.begin(), kLog.begin() + 5)));
  EXPECT_EQ(solo.effect<Persist>()->request.append.size(), 5U);
}

TEST(GivenUp, NotForALeaderOfAnotherTermNorForOneThatIsDamaged) {
  for (bool whole : {true, false}) {
    Broken solo;
    solo.receive(2, 3, Heartbeat{});
    solo.ask();
    RepairReply reply = solo.reply(RepairVerdict::Absent, log_id(2, 1), true);
    reply.whole = whole;
    solo.receive(2, whole ? 2 : 3, reply);
    EXPECT_EQ(solo.asked(2), nullptr) << whole;
    EXPECT_FALSE(solo.whole());
  }
}

// Up to an entry of this term a log is that of its leader, also where its node has lost what came
// behind. Else two nodes that have each lost a tail of another term would wait for each other.
TEST(GivenUp, ForALogThatEndsInThisTermWhereOursDoesNot) {
  Restored start = damaged(kLog, 3, 4);  // has promised 6@2
  start.log.hard_state.term = Term{3};
  Broken solo(start);
  const std::vector<Entry> later = log_with({1, 3});
  RepairReply some = solo.has(later, 3, 3);
  some.whole = false;
  solo.receive(2, 3, some);
  ASSERT_NE(solo.asked(2), nullptr);
  EXPECT_EQ(solo.asked(2)->to, LogIndex{3});
  solo.receive(2, 3, solo.has_from_the_start(later, 3));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1, 1, 3}));
}

// A leader of term 4 may count on what we have acknowledged to it, and that log may have other
// entries there.
TEST(GivenUp, NotForALogThatEndsInATermBetweenOursAndThisOne) {
  Restored start = damaged(kLog, 3, 4);
  start.log.hard_state.term = Term{4};
  Broken solo(start);
  solo.receive(2, 4, solo.has(log_with({1, 3}), 3, 3));
  EXPECT_EQ(solo.asked(2), nullptr);
  EXPECT_FALSE(solo.whole());
}

TEST(GivenUp, NotForALogThatEndsInTheTermInWhichOursDoes) {
  Broken solo;
  solo.receive(2, 2, solo.reply(RepairVerdict::Absent, log_id(2, 2)));
  EXPECT_EQ(solo.asked(2), nullptr);
  EXPECT_FALSE(solo.whole());
}

// The most up-to-date log of all others has everything that is committed, whatever this disk
// forgot.
TEST(GivenUp, ForTheBestLogOfAllOtherVoters) {
  Broken solo;
  const std::vector<Entry> shorter = log_with({1});
  solo.receive(2, 0,
               solo.reply(RepairVerdict::Absent, {shorter.back().index, shorter.back().term}));
  EXPECT_EQ(solo.asked(2), nullptr) << "one of them hasn't answered";
  EXPECT_FALSE(solo.whole());
  const std::vector<Entry> better = log_with({1, 3});
  solo.receive(3, 0, solo.has(better, 3, 3));
  ASSERT_NE(solo.asked(3), nullptr);
  EXPECT_EQ(solo.asked(2), nullptr) << "its log is less up-to-date";
  solo.receive(3, 0, solo.has_from_the_start(better, 3));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1, 1, 3}));
  EXPECT_EQ(solo.term(), 3u) << "the hard state comes with or before the entries of its term";
}

TEST(GivenUp, NotAsLongAsAnotherVoterIsDamagedItself) {
  Broken solo;
  RepairReply lost = solo.reply(RepairVerdict::Damaged, log_id(2, 1));
  lost.whole = false;
  solo.receive(2, 0, lost);
  solo.receive(3, 0, solo.reply(RepairVerdict::Absent, log_id(2, 1)));
  EXPECT_EQ(solo.asked(2), nullptr);
  EXPECT_EQ(solo.asked(3), nullptr);
}

// A configuration that an answer names may be among what was lost, also where ours names another:
// that may be what an older write left there. Its voters must have answered too. What the state
// holds is certain.
TEST(GivenUp, NotBeforeTheVotersOfAConfigurationThatMayBeLostHaveAnswered) {
  const Membership three{.members = {node(1), node(2), node(3)}, .outgoing = {}};
  const Membership four{.members = {node(1), node(2), node(3), node(4)}, .outgoing = {}};
  struct Case {
    Membership named;
    std::uint64_t at;
    std::uint64_t applied;
    bool waits;
  };
  for (const auto& [named, at, applied, waits] : {Case{four, 5, 0, true},
                                                  {four, 2, 0, true},
                                                  {four, 1, 0, true},
                                                  {three, 1, 0, false},
                                                  {three, 2, 0, false},
                                                  {four, 1, 1, false},
                                                  {four, 2, 1, true}}) {
    Restored start = damaged(kLog, 3, 4);
    start.applied = end_of({kLog.begin(), kLog.begin() + static_cast<std::ptrdiff_t>(applied)});
    if (applied > 0) start.membership = three;
    Broken solo(std::move(start));
    RepairReply reply = solo.reply(RepairVerdict::Absent, log_id(2, 1));
    reply.membership = encode(named);
    reply.named_at = LogIndex{at};
    solo.receive(2, 0, reply);
    solo.receive(3, 0, solo.reply(RepairVerdict::Absent, log_id(2, 1)));
    const bool asks = solo.asked(2) != nullptr || solo.asked(3) != nullptr;
    EXPECT_EQ(!asks, waits) << named.members.size() << " members at " << at;
  }
}

// It names the voters. What others name may be of an earlier time.
TEST(GivenUp, NotWithoutTheStateThatTheLogBeginsBehind) {
  for (const bool has_state : {true, false}) {
    const Membership three{.members = {node(1), node(2), node(3)}, .outgoing = {}};
    Restored start = damaged(kLog, 5, 5);
    start.log.base = log_id(2, 1);
    start.log.entries.erase(start.log.entries.begin(), start.log.entries.begin() + 2);
    if (has_state) {
      start.applied = end_of({kLog.begin(), kLog.begin() + 2});
      start.membership = three;
    }
    Broken solo(std::move(start));
    ASSERT_FALSE(solo.whole());
    for (const std::uint64_t other : {2, 3}) {
      RepairReply reply = solo.reply(RepairVerdict::Absent, log_id(2, 1));
      reply.membership = encode(three);
      reply.named_at = LogIndex{1};
      solo.receive(other, 0, reply);
    }
    EXPECT_EQ(solo.asked(2) != nullptr || solo.asked(3) != nullptr || solo.whole(), has_state);
  }
}

// It may have committed alone.
TEST(GivenUp, NeverByTheOnlyVoter) {
  Restored start;
  start.log.hard_state.term = Term{1};
  start.log.entries = {
      naming(1, 1, {.members = {node(1), node(2, MemberRole::Learner)}, .outgoing = {}}),
      entry(2, 1), entry(3, 1)};
  lose(start.log, LogIndex{2}, LogIndex{2});
  Broken solo(start);
  solo.receive(2, 0, solo.reply(RepairVerdict::Absent, log_id(1, 1)));
  EXPECT_FALSE(solo.whole());
  EXPECT_EQ(solo.asked(2), nullptr);
}

TEST(GivenUp, BeginsAnewWhenTheLogThatIsToTakeThePlaceHasChanged) {
  Broken solo;
  solo.receive(2, 3, Heartbeat{});
  solo.ask();
  solo.receive(2, 3, solo.reply(RepairVerdict::Absent, log_id(2, 1), true));
  ASSERT_NE(solo.asked(2), nullptr);
  RepairReply gone = solo.reply(RepairVerdict::Compacted, log_id(9, 3), true);
  gone.from = LogIndex{1};
  solo.receive(2, 3, gone);
  EXPECT_FALSE(solo.whole());
  solo.ask();
  EXPECT_EQ(solo.asked(2)->from, LogIndex{3}) << "what is lost is asked for again";
}

// Its node was started again, and its log has lost something itself.
TEST(GivenUp, NotForWhatStandsBehindAHole) {
  Broken solo;
  solo.receive(2, 3, Heartbeat{});
  solo.ask();
  solo.receive(2, 3, solo.reply(RepairVerdict::Absent, log_id(2, 1), true));
  ASSERT_NE(solo.asked(2), nullptr);
  RepairReply rest = solo.has_from_the_start(kLog, 2);
  rest.whole = false;
  rest.last = {};
  solo.receive(2, 3, rest);
  EXPECT_FALSE(solo.whole());
}

// --- the verdict for the operator

TEST(Unrecoverable, IsSaidOnceEverybodyHasSaidThatItIsNotThere) {
  Broken solo;
  EXPECT_FALSE(solo.node.status().damage->unrecoverable);
  RepairReply lost = solo.reply(RepairVerdict::Damaged, log_id(2, 1));
  lost.whole = false;
  solo.receive(2, 0, lost);
  EXPECT_FALSE(solo.node.status().damage->unrecoverable);
  solo.receive(3, 0, lost);
  const auto damage = solo.node.status().damage;
  EXPECT_TRUE(damage->unrecoverable);
  EXPECT_EQ(damage->first, LogIndex{3});
  EXPECT_EQ(damage->last, LogIndex{4});
  EXPECT_EQ(damage->promised, LogIndex{6});
}

TEST(Unrecoverable, IsNotWhatSomebodyHasInItsState) {
  Broken solo;
  solo.receive(2, 0, solo.reply(RepairVerdict::Compacted, log_id(9, 2)));
  solo.receive(3, 0, solo.reply(RepairVerdict::Absent, log_id(2, 1)));
  EXPECT_FALSE(solo.node.status().damage->unrecoverable);
}

// Learners are named without their disks. They needn't have answered; one that has it in its state
// tells that it isn't lost.
TEST(Unrecoverable, IsSaidWhateverLearnersThereAre) {
  for (const auto& [verdict, lost] :
       {std::pair{RepairVerdict::Absent, true}, {RepairVerdict::Compacted, false}}) {
    std::vector<Entry> log = kLog;
    log[0] = naming(1, 1, with_learner());
    Broken solo(damaged(log, 3, 4));
    for (std::uint64_t voter : {2, 3}) {
      RepairReply reply = solo.reply(RepairVerdict::Damaged, log_id(2, 1));
      reply.whole = false;
      solo.receive(voter, 0, reply);
    }
    EXPECT_TRUE(solo.node.status().damage->unrecoverable);
    solo.receive(4, 0, solo.reply(verdict, log_id(2, 1)));
    EXPECT_EQ(solo.node.status().damage->unrecoverable, lost);
  }
}

}  // namespace
}  // namespace confman::consensus::test
