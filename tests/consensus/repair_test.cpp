#include "consensus/raft/repair.hpp"

#include <gtest/gtest.h>

#include "tests/consensus/support/broken.hpp"

// A log is mended from the logs of others (consensus/raft/recv_repair.cpp; Alagappan et al.,
// "Protocol-Aware Recovery for Consensus-Based Storage", FAST '18).
namespace confman::consensus::test {
namespace {

// --- as long as something is lost

TEST(Damaged, NeitherVotesNorCampaigns) {
  Broken solo;
  solo.expire();
  EXPECT_EQ(solo.role(), Role::Follower);
  for (bool pre_vote : {true, false}) {
    solo.receive(2, 7, VoteRequest{.pre_vote = pre_vote, .last = log_id(9, 6), .transfer = true});
    ASSERT_NE(solo.body<VoteReply>(2), nullptr);
    EXPECT_FALSE(solo.body<VoteReply>(2)->granted) << pre_vote;
  }
}

TEST(Damaged, FollowsAndAcknowledgesNothing) {
  Broken solo;
  solo.receive(2, 2, Heartbeat{.commit = LogIndex{2}, .match = LogIndex{6}, .round = 0});
  EXPECT_EQ(solo.effect<Halt>(), nullptr) << "what it acknowledged isn't gone, only lost here";
  EXPECT_EQ(solo.body<HeartbeatReply>(2)->condition, Condition::Damaged);
  EXPECT_EQ(solo.commit(), 0u);
  solo.receive(2, 2,
               AppendRequest{.prev = log_id(2, 1), .commit = {}, .round = 0, .entries = {kLog[2]}});
  EXPECT_FALSE(solo.body<AppendReply>(2)->success);
  EXPECT_EQ(solo.node.log().last(), LogIndex{2});
}

TEST(Damaged, AsksEverybodyForTheFirstHoleAndAgainWithAnotherNumber) {
  Broken solo;
  for (std::uint64_t peer : {2, 3}) {
    ASSERT_NE(solo.asked(peer), nullptr);
    EXPECT_EQ(solo.asked(peer)->from, LogIndex{3});
    EXPECT_EQ(solo.asked(peer)->to, LogIndex{4});
  }
  const std::uint64_t first = solo.id;
  solo.ask();
  EXPECT_NE(solo.id, first) << "an answer to an earlier need must decide nothing";
}

// --- the same entries come back

// What an older write left behind the hole is whole by itself, and isn't what was promised.
// Where nobody else is within reach it would never be whole again.
TEST(Damaged, AsksALeaderThatItsConfigurationDoesNotNameYet) {
  Broken solo;
  solo.receive(4, 2, Heartbeat{});
  solo.ask();
  ASSERT_NE(solo.asked(4), nullptr);
  EXPECT_EQ(solo.asked(4)->from, LogIndex{3});
}

// In force there is a configuration without it.
TEST(Damaged, AsksWhoIsNamedByWhatIsLeftBehindTheHole) {
  std::vector<Entry> log = log_with({1, 1, 1});
  log.push_back(naming(
      5, 1,
      {.members = {node(1), node(2), node(3), node(4, MemberRole::Learner)}, .outgoing = {}}));
  Broken solo(damaged(log, 3, 3));
  EXPECT_FALSE(solo.node.membership().contains(MemberId{4}));
  EXPECT_TRUE(solo.node.contacts().contains(MemberId{4})) << "there must be a link to ask it";
  ASSERT_NE(solo.asked(4), nullptr);
  EXPECT_EQ(solo.asked(4)->from, LogIndex{3});
}

// All that named the others is lost: a candidate that it refuses has what it lacks.
TEST(Damaged, AsksWhoeverSpeaksToIt) {
  std::vector<Entry> log = {naming(1, 1, {.members = {node(1)}, .outgoing = {}}), entry(2, 1)};
  log.push_back(naming(3, 1, {.members = {node(1), node(2)}, .outgoing = {}}));
  log.push_back(entry(4, 1));
  Restored start;
  start.log.hard_state.term = Term{1};
  start.log.entries = log;
  lose(start.log, LogIndex{2}, LogIndex{4});
  start.log.founders = founded(make_config(1, 1)).founders;
  Solo solo(1, std::move(start));
  solo.wait(Duration::millis(100));
  ASSERT_EQ(solo.sent<RepairRequest>(2), nullptr) << "nothing tells of it";
  solo.receive(2, 2, VoteRequest{.pre_vote = true, .last = log_id(4, 1), .transfer = false});
  solo.wait(Duration::millis(100));
  ASSERT_NE(solo.sent<RepairRequest>(2), nullptr);
  EXPECT_EQ(solo.body<RepairRequest>(2)->from, LogIndex{2});
}

// The configuration with a member's new disk is among what is lost, and that disk may be the only
// one that has the rest of it.
TEST(Damaged, AsksTheDiskThatSpeaksToItBesideTheOneThatItKnows) {
  Broken solo;
  solo.step(
      Received{{.group = GroupId{0},
                .from = {MemberId{2}, 7},
                .to = {MemberId{1}, 1},
                .term = Term{2},
                .body = VoteRequest{.pre_vote = true, .last = log_id(6, 2), .transfer = false}}});
  solo.wait(Duration::millis(100));
  std::vector<std::uint64_t> disks;
  for (const Effect& e : solo.effects) {
    const auto* send = std::get_if<Send>(&e);
    const bool asks = send && std::holds_alternative<RepairRequest>(send->message.body);
    if (asks && send->message.to.member == MemberId{2}) {
      disks.push_back(send->message.to.incarnation);
    }
  }
  std::ranges::sort(disks);
  EXPECT_EQ(disks, (std::vector<std::uint64_t>{1, 7}))
      << "the known one, and the one that speaks";
}

// No more than there can be members.
TEST(Damaged, RemembersSoManyWhoSpeakToIt) {
  Broken solo;
  for (std::uint64_t member = 2; member < 40; ++member) {
    solo.receive(member, 3, VoteRequest{.pre_vote = true, .last = log_id(6, 2), .transfer = false});
  }
  solo.wait(Duration::millis(100));
  std::size_t asked = 0;
  for (std::uint64_t member = 2; member < 40; ++member) asked += solo.asked(member) ? 1 : 0;
  EXPECT_EQ(asked, kMaxMembers);
}

TEST(Repair, WhatDoesNotFollowIsMissingToo) {
  Restored start = damaged(kLog, 3, 3);
  DamagedTail::Slot& fifth = start.log.damaged->slots[2];
  fifth = {.entry = entry(5, 1, "older"), .chain = next_chain(kFirstChain, entry(5, 1, "older"))};
  Broken solo(std::move(start));
  solo.receive(3, 0, solo.has(kLog, 3, 3));
  EXPECT_EQ(solo.node.log().last(), LogIndex{4});
  ASSERT_FALSE(solo.whole());
  solo.ask();
  EXPECT_EQ(solo.asked(2)->from, LogIndex{5});
  EXPECT_EQ(solo.asked(2)->to, LogIndex{5});
  solo.receive(2, 0, solo.has(kLog, 5, 5));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(solo.node.log().slice(LogIndex{1}, 9, 9999), kLog);
}

// It may be the only one left, and only its chain value is damaged.
TEST(Repair, WhatDoesNotFollowIsKeptForPeers) {
  Restored start = damaged(kLog, 3, 3);
  start.log.damaged->slots[2].chain ^= 1;
  Broken solo(std::move(start));
  solo.receive(3, 0, solo.has(kLog, 3, 3));
  ASSERT_EQ(solo.node.log().last(), LogIndex{4});
  solo.receive(
      2, 2,
      RepairRequest{.id = 8, .from = LogIndex{5}, .to = LogIndex{5}, .snapshot = {}, .offset = 0});
  const auto* reply = solo.body<RepairReply>(2);
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->entries, (std::vector<Entry>{kLog[4]}));
}

TEST(Repair, FillsTheHoleByTheHashOfWhatIsBehindIt) {
  Broken solo;
  solo.receive(3, 0, solo.has(kLog, 3, 4));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1, 1, 1, 2, 2, 2}));
  const auto* persist = solo.effect<Persist>();
  ASSERT_NE(persist, nullptr);
  EXPECT_EQ(persist->request.fill, (std::vector<Entry>{kLog[2], kLog[3]}));
  EXPECT_TRUE(persist->request.append.empty());
  EXPECT_EQ(solo.node.status().persisted, LogIndex{2}) << "not durable before it is written";
  solo.persist();
  EXPECT_EQ(solo.node.status().persisted, LogIndex{6});
  solo.expire();
  EXPECT_EQ(solo.role(), Role::PreCandidate) << "a voter like before";
}

TEST(Repair, FillsALostEndByThePromisedHash) {
  Broken solo(5, 6);
  solo.receive(2, 0, solo.has(kLog, 5, 6));
  EXPECT_TRUE(solo.whole());
}

TEST(Repair, TakesEntriesInPortionsFromOnePeer) {
  Broken solo(2, 5);
  solo.receive(2, 0, solo.has(kLog, 2, 3));
  ASSERT_NE(solo.asked(2), nullptr);
  EXPECT_EQ(solo.asked(2)->from, LogIndex{4});
  solo.receive(3, 0, solo.has(kLog, 2, 5));
  EXPECT_FALSE(solo.whole()) << "another one is being asked";
  solo.receive(2, 0, solo.has(kLog, 4, 5));
  EXPECT_TRUE(solo.whole());
}

TEST(Repair, AsksAnotherPeerWhenOneFallsSilentInTheMiddle) {
  Broken solo(2, 5);
  solo.receive(2, 0, solo.has(kLog, 2, 3));
  solo.ask();
  EXPECT_EQ(solo.asked(3)->from, LogIndex{4}) << "what there is may do";
  solo.ask();
  EXPECT_EQ(solo.asked(3)->from, LogIndex{2}) << "it did not";
  solo.receive(3, 0, solo.has(kLog, 2, 5));
  EXPECT_TRUE(solo.whole());
}

// Member 2, damaged itself, has the beginning, and member 3, which has compacted that, all the
// rest.
TEST(Repair, TakesWhatIsWholeInPartsFromOnePeerAfterTheOther) {
  Broken solo(3, 6);
  RepairReply compacted = solo.reply(RepairVerdict::Compacted, log_id(6, 2));
  RepairReply begins = solo.has(kLog, 3, 3);
  RepairReply ends = solo.reply(RepairVerdict::Absent, log_id(3, 1));
  ends.from = LogIndex{4};
  begins.whole = ends.whole = false;
  solo.receive(3, 0, compacted);
  solo.receive(2, 0, begins);
  solo.receive(2, 0, ends);
  ASSERT_FALSE(solo.whole());
  solo.ask();
  EXPECT_EQ(solo.asked(3)->from, LogIndex{4});
  ends.id = solo.id;
  solo.receive(2, 0, ends);
  solo.receive(3, 0, solo.has(kLog, 4, 6));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1, 1, 1, 2, 2, 2}));
}

TEST(Repair, DoesNotPutPartsOfDifferentLogsTogether) {
  Broken solo(3, 6);
  RepairReply ends = solo.reply(RepairVerdict::Absent, log_id(3, 1));
  ends.from = LogIndex{4};
  solo.receive(2, 0, solo.has(kLog, 3, 3));
  solo.receive(2, 0, ends);
  solo.ask();
  const std::vector<Entry> other = log_with({1, 2, 2, 2, 2});
  solo.receive(3, 0, solo.has(other, 4, 6));
  EXPECT_EQ(solo.node.log().last(), LogIndex{2});
  EXPECT_EQ(solo.asked(3), nullptr) << "for more";
  solo.ask();
  EXPECT_EQ(solo.asked(3)->from, LogIndex{3}) << "all of it from one";
}

// Of two beginnings the one that ends later is gone on with.
TEST(Repair, GoesOnWithTheLaterOfTwoBeginnings) {
  for (const bool later_first : {true, false}) {
    Broken solo(3, 6);
    const std::vector<Entry> other = log_with({1, 1, 1});
    const auto ends = [&](std::uint64_t from) {
      RepairReply reply = solo.reply(RepairVerdict::Absent, log_id(from - 1, 1));
      reply.from = LogIndex{from};
      return reply;
    };
    const auto later = [&] {
      solo.receive(2, 0, solo.has(kLog, 3, 4));
      solo.receive(2, 0, ends(5));
    };
    const auto earlier = [&] {
      solo.receive(3, 0, solo.has(other, 3, 3));
      solo.receive(3, 0, ends(4));
    };
    later_first ? later() : earlier();
    later_first ? earlier() : later();
    solo.ask();
    EXPECT_EQ(solo.asked(3)->from, LogIndex{5});
  }
}

TEST(Repair, FillsOneHoleAfterTheOther) {
  Restored start = damaged(kLog, 2, 5);
  start.log.damaged->slots[1] = {kLog[2], end_of({kLog.begin(), kLog.begin() + 3}).chain};
  Broken solo(start);
  EXPECT_EQ(solo.asked(2)->to, LogIndex{2});
  solo.receive(2, 0, solo.has(kLog, 2, 2));
  ASSERT_FALSE(solo.whole());
  EXPECT_EQ(solo.node.log().last(), LogIndex{3}) << "with what was there behind it";
  ASSERT_NE(solo.asked(3), nullptr) << "at once, of everybody";
  EXPECT_EQ(solo.asked(3)->from, LogIndex{4});
  solo.id = solo.asked(3)->id;
  solo.receive(3, 0, solo.has(kLog, 4, 5));
  EXPECT_TRUE(solo.whole());
}

// Who has lost something else helps all the same.
TEST(Repair, IsAnsweredByADamagedPeerFromWhatItStillHas) {
  Broken solo(3, 3);
  RepairRequest request{
      .id = 8, .from = LogIndex{5}, .to = LogIndex{6}, .snapshot = {}, .offset = 0};
  solo.receive(2, 2, request);
  const auto* reply = solo.body<RepairReply>(2);
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->verdict, RepairVerdict::Entries);
  EXPECT_EQ(reply->entries, (std::vector<Entry>{kLog[4], kLog[5]}));
  EXPECT_FALSE(reply->whole);
  EXPECT_EQ(reply->id, 8u);
  request.from = LogIndex{3};
  solo.receive(2, 2, request);
  EXPECT_EQ(solo.body<RepairReply>(2)->verdict, RepairVerdict::Damaged);
  request.from = LogIndex{7};
  request.to = LogIndex{7};
  solo.receive(2, 2, request);
  EXPECT_EQ(solo.body<RepairReply>(2)->verdict, RepairVerdict::Absent);
}

// What an older write left in the last two places vouches for what stood before it at its time.
TEST(Repair, ALogWithTheLastEntryThatWasPromisedHasAllOfThem) {
  const std::vector<Entry> log = log_with({1, 1, 2, 2, 2});
  Restored start = damaged(log, 3, 6);
  const Entry old = entry(5, 1, "old");
  start.log.damaged->slots[2] = {.entry = old, .chain = 77};
  Broken solo(start);
  solo.receive(2, 0, solo.has(log, 3, 4));
  ASSERT_EQ(solo.node.status().damage->last, LogIndex{4});
  EXPECT_FALSE(solo.whole()) << "what stands behind doesn't follow";
  EXPECT_EQ(solo.asked(2), nullptr);

  Restored again = damaged(log, 6, 6);
  again.log.damaged->chain_before ^= 1;  // of an earlier time
  Broken other(again);
  other.receive(2, 0, other.has(log, 6, 6));
  ASSERT_NE(other.asked(2), nullptr) << "it is the log that ours was";
  EXPECT_EQ(other.asked(2)->from, LogIndex{1});
  EXPECT_EQ(other.asked(2)->to, LogIndex{6});
}

// While a later configuration was lost, another node's older one counted for more.
TEST(Repair, WhoIsNamedByALostConfigurationIsNoRemovedMember) {
  std::vector<Entry> log = log_with({1, 1, 1});
  log.push_back(naming(5, 2, {.members = {node(1), node(2)}, .outgoing = {}}));
  Broken solo(damaged(log, 3, 5));
  solo.receive(3, 0,
               Introduction{.wants_answer = false,
                            .founders = {},
                            .founded = true,
                            .committed = LogIndex{3},
                            .member = false});
  ASSERT_EQ(solo.node.status().standing, Standing::Removed);
  solo.receive(2, 0, solo.has(log, 3, 5));
  ASSERT_TRUE(solo.whole());
  EXPECT_EQ(solo.node.status().standing, Standing::Voter);
  solo.expire();
  EXPECT_EQ(solo.role(), Role::PreCandidate);
}

// --- what is known by its term

// Member 1 led alone, made 2 a voter, and has lost that: as long as it doesn't know the
// configuration, it can't tell that it hasn't committed the last one alone.
TEST(Repair, TheBeginningOfAHoleIsKnownByTheTermOfItsEnd) {
  const Membership alone{.members = {node(1), node(2, MemberRole::Learner)}, .outgoing = {}};
  const std::vector<Entry> log = {
      naming(1, 1, alone), entry(2, 2),
      naming(3, 2, {.members = {node(1), node(2)}, .outgoing = {MemberId{1}}}),
      naming(4, 2, {.members = {node(1), node(2)}, .outgoing = {}}), entry(5, 2)};
  Broken solo(damaged(log, 3, 5));
  const std::vector<Entry> theirs(log.begin(), log.begin() + 4);
  solo.receive(2, 0, solo.has(theirs, 3, 4));
  EXPECT_EQ(solo.node.log().last(), LogIndex{2}) << "there may be more";
  RepairReply end = solo.reply(RepairVerdict::Absent, log_id(4, 2));
  end.from = LogIndex{5};
  solo.receive(2, 0, end);
  EXPECT_EQ(solo.node.log().last(), LogIndex{4});
  EXPECT_EQ(solo.effect<Persist>()->request.fill.size(), 2U);
  EXPECT_TRUE(solo.node.membership().is_voter(MemberId{2}));
  ASSERT_TRUE(solo.node.status().damage);
  EXPECT_EQ(solo.node.status().damage->first, LogIndex{5});
}

TEST(Repair, TheBeginningOfAHoleIsNotKnownByAnotherTermNorWithAGap) {
  for (const bool gap : {true, false}) {
    Broken solo(3, 6);  // has promised 6@2
    RepairReply some = solo.has(kLog, 3, gap ? 4 : 3);
    if (gap) some.prev = log_id(2, 7);
    solo.receive(2, 0, some);
    RepairReply end = solo.reply(RepairVerdict::Absent, log_id(4, 2));
    end.from = LogIndex{gap ? 5u : 4u};
    solo.receive(2, 0, end);
    EXPECT_EQ(solo.node.log().last(), LogIndex{2}) << gap;
  }
}

// What a damaged peer has behind its hole may be of different times. Before the first entry of all
// there is nothing, as before one whose predecessor is lost.
TEST(Repair, RecordsFromBehindAHoleAreNoBeginning) {
  Broken solo(1, 6);  // has promised 6@2
  RepairReply some = solo.reply(RepairVerdict::Entries, {});
  some.whole = false;
  some.entries = {entry(1, 1, "of another time"), entry(2, 2)};
  solo.receive(2, 0, some);
  RepairReply end = solo.reply(RepairVerdict::Damaged, {});
  end.from = LogIndex{3};
  end.whole = false;
  solo.receive(2, 0, end);
  EXPECT_EQ(solo.node.log().last(), LogIndex{0});
}

TEST(Repair, RecordsFromBehindAHoleAreTakenByTheirHash) {
  Broken solo(3, 6);
  RepairReply begins = solo.has(kLog, 3, 3);
  RepairReply ends = solo.reply(RepairVerdict::Damaged, log_id(3, 1));
  ends.from = LogIndex{4};
  begins.whole = ends.whole = false;
  solo.receive(2, 0, begins);
  solo.receive(2, 0, ends);
  solo.ask();
  RepairReply rest = solo.has(kLog, 4, 6);
  rest.last = log_id(2, 1);
  rest.prev = {};
  rest.whole = false;
  solo.receive(3, 0, rest);
  EXPECT_TRUE(solo.whole());
}

// --- what isn't the same

TEST(Repair, TakesNoOtherEntries) {
  std::vector<Entry> other = log_with({1, 1, 2, 2, 2}, "y");
  Broken solo;
  solo.receive(2, 0, solo.has(other, 3, 4));
  EXPECT_FALSE(solo.whole());
  EXPECT_EQ(solo.node.log().last(), LogIndex{2});
  EXPECT_EQ(solo.effect<Persist>(), nullptr);
}

TEST(Repair, TakesNoEntriesOfALaterTermThanItHadPromised) {
  Broken solo;
  solo.receive(2, 0, solo.has(log_with({1, 3, 3, 3, 3}), 3, 4));
  EXPECT_FALSE(solo.whole());
}

TEST(Repair, IgnoresAnswersToAnotherQuestionAndToNone) {
  Broken solo;
  RepairReply stale = solo.has(kLog, 3, 4);
  stale.id ^= 1;
  solo.receive(2, 0, stale);
  EXPECT_FALSE(solo.whole());
  solo.receive(2, 0, solo.has(kLog, 2, 4));
  EXPECT_FALSE(solo.whole()) << "not what was asked for";
  Solo healthy(3, restored(2, {1, 2}));
  healthy.receive(2, 0, solo.has(kLog, 3, 4));
  EXPECT_TRUE(healthy.effects.empty());
}

}  // namespace
}  // namespace confman::consensus::test
