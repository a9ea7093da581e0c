#include "consensus/repair.hpp"

#include <gtest/gtest.h>

#include "consensus/hash_chain.hpp"
#include "domain/base/hash.hpp"
#include "tests/consensus/support/configurations.hpp"
#include "tests/consensus/support/solo.hpp"

// A log is mended from the logs of others (consensus/recv_repair.cpp; Alagappan et al.,
// "Protocol-Aware Recovery for Consensus-Based Storage", FAST '18).
namespace confman::consensus::test {
namespace {

// Entry 1 names 1 2 3; then commands of these terms.
std::vector<Entry> log_with(const std::vector<std::uint64_t>& terms,
                            const std::string& payload = "x") {
  std::vector<Entry> log = {naming(1, 1, {.members = {node(1), node(2), node(3)}, .outgoing = {}})};
  for (std::uint64_t term : terms) log.push_back(entry(log.size() + 1, term, payload));
  return log;
}

// Member 1 of three, which has lost these entries of that log.
Restored damaged(const std::vector<Entry>& log, std::uint64_t from, std::uint64_t to) {
  Restored r;
  r.log.hard_state.term = log.back().term;
  r.log.entries = log;
  lose(r.log, LogIndex{from}, LogIndex{to});
  return r;
}

const std::vector<Entry> kLog = log_with({1, 1, 2, 2, 2});  // 1 … 6

struct Broken : Solo {
  explicit Broken(std::uint64_t from = 3, std::uint64_t to = 4) : Broken(damaged(kLog, from, to)) {}
  explicit Broken(Restored start) : Solo(3, std::move(start)) { ask(); }

  // Time in which nobody answers: it asks everybody.
  void ask() {
    wait(Duration::millis(100));
    id = asked(2) ? asked(2)->id : 0;
  }
  const RepairRequest* asked(std::uint64_t whom) const { return body<RepairRequest>(whom); }
  RepairReply reply(RepairVerdict verdict, LogId last, bool leads = false) const {
    const LogIndex first = node.status().damage ? node.status().damage->first : LogIndex{1};
    return {.id = id,
            .from = first,
            .verdict = verdict,
            .leads = leads,
            .whole = true,
            .last = last,
            .membership = {},
            .named_at = {},
            .prev = {},
            .snapshot = {},
            .entries = {}};
  }
  // These of that log.
  RepairReply has(const std::vector<Entry>& log, std::uint64_t from, std::uint64_t to,
                  bool leads = false) const {
    RepairReply r = reply(RepairVerdict::Entries, {log.back().index, log.back().term}, leads);
    r.from = LogIndex{from};
    r.prev = {log[from - 2].index, log[from - 2].term};
    r.entries.assign(log.begin() + static_cast<std::ptrdiff_t>(from - 1),
                     log.begin() + static_cast<std::ptrdiff_t>(to));
    return r;
  }
  RepairReply has_from_the_start(const std::vector<Entry>& log, std::uint64_t to,
                                 bool leads = false) const {
    RepairReply r = has(log, 2, to, leads);
    r.from = LogIndex{1};
    r.prev = {};
    r.entries.insert(r.entries.begin(), log[0]);
    return r;
  }
  bool whole() const { return !node.status().damage; }

  std::uint64_t id = 0;  // of the question that everybody was asked
};

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

// A configuration that an answer names may be among what was lost: its voters must have answered
// too.
TEST(GivenUp, NotBeforeTheVotersOfALaterConfigurationHaveAnswered) {
  for (bool named_later : {true, false}) {
    Broken solo;
    RepairReply reply = solo.reply(RepairVerdict::Absent, log_id(2, 1));
    reply.membership =
        encode(Membership{.members = {node(1), node(2), node(3), node(4)}, .outgoing = {}});
    reply.named_at = LogIndex{named_later ? 5u : 1u};
    solo.receive(2, 0, reply);
    solo.receive(3, 0, solo.reply(RepairVerdict::Absent, log_id(2, 1)));
    EXPECT_EQ(solo.asked(2) == nullptr && solo.asked(3) == nullptr, named_later);
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

// --- what is in no log any more

SnapshotMeta snapshot_at(std::uint64_t index) {
  return {.last = {LogIndex{index}, kLog[index - 1].term},
          .chain = end_of({kLog.begin(), kLog.begin() + static_cast<std::ptrdiff_t>(index)}).chain,
          .membership = encode(Membership{.members = {node(1), node(2), node(3)}, .outgoing = {}}),
          .feature_level = kFirstFeatureLevel,
          .size = 2,
          .checksum = 0};
}

SnapshotChunk chunk(const SnapshotMeta& meta, std::uint64_t offset, std::uint64_t repair_id) {
  return {.meta = meta,
          .offset = offset,
          .crc = crc32c("x"),
          .data = make_payload("x"),
          .round = 0,
          .repair_id = repair_id};
}

TEST(RepairBySnapshot, IsFetchedFromWhoeverHasItWhereNobodyLeads) {
  for (std::uint64_t end : {4, 6}) {
    Broken solo;
    RepairReply reply = solo.reply(RepairVerdict::Compacted, log_id(6, 2));
    reply.snapshot = snapshot_at(end).last;
    solo.receive(2, 0, reply);
    ASSERT_NE(solo.asked(2), nullptr);
    EXPECT_EQ(solo.asked(2)->snapshot, snapshot_at(end).last);
    EXPECT_EQ(solo.asked(2)->offset, 0u);
    solo.receive(3, 2, chunk(snapshot_at(end), 0, solo.id));
    EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr) << "not from whom it was asked";
    solo.receive(2, 2, chunk(snapshot_at(end), 0, solo.id));
    ASSERT_NE(solo.effect<StoreSnapshotChunk>(), nullptr);
    solo.step(SnapshotChunkStored{snapshot_at(end), 1});
    ASSERT_NE(solo.asked(2), nullptr);
    EXPECT_EQ(solo.asked(2)->offset, 1u);
    solo.receive(2, 2, chunk(snapshot_at(end), 1, solo.id));
    solo.step(SnapshotChunkStored{snapshot_at(end), 2});
    ASSERT_NE(solo.effect<InstallSnapshot>(), nullptr);
    solo.step(SnapshotInstalled{snapshot_at(end)});
    EXPECT_TRUE(solo.whole());
    EXPECT_EQ(solo.node.log().first(), LogIndex{end + 1});
    EXPECT_EQ(solo.node.log().last(), LogIndex{6}) << "what is there behind it stays";
    const auto* persist = solo.effect<Persist>();
    ASSERT_NE(persist, nullptr);
    EXPECT_EQ(end == 6 ? persist->request.reset_to : persist->request.rebase,
              (LogPoint{snapshot_at(end).last, snapshot_at(end).chain}));
  }
}

// Each copy of a chunk would be answered by another question, and each of those by another chunk.
TEST(RepairBySnapshot, ACopyOfAChunkIsNoReasonToAskAgain) {
  Broken solo;
  RepairReply reply = solo.reply(RepairVerdict::Compacted, log_id(6, 2));
  reply.snapshot = snapshot_at(6).last;
  solo.receive(2, 0, reply);
  solo.receive(2, 2, chunk(snapshot_at(6), 0, solo.id));
  solo.step(SnapshotChunkStored{snapshot_at(6), 1});
  ASSERT_NE(solo.asked(2), nullptr);
  solo.receive(2, 2, chunk(snapshot_at(6), 0, solo.id));
  solo.step(SnapshotChunkStored{snapshot_at(6), 1});
  EXPECT_EQ(solo.asked(2), nullptr);
}

TEST(RepairBySnapshot, IsLeftToTheLeaderWhereThereIsOne) {
  Broken solo;
  solo.receive(3, 2, Heartbeat{});
  solo.ask();
  RepairReply reply = solo.reply(RepairVerdict::Compacted, log_id(6, 2));
  reply.snapshot = snapshot_at(4).last;
  solo.receive(2, 2, reply);
  EXPECT_EQ(solo.asked(2), nullptr);
}

TEST(RepairBySnapshot, OfAFeatureLevelThatIsTooNewStopsTheNode) {
  Broken solo;
  RepairReply reply = solo.reply(RepairVerdict::Compacted, log_id(6, 2));
  reply.snapshot = snapshot_at(4).last;
  solo.receive(2, 0, reply);
  SnapshotMeta meta = snapshot_at(4);
  meta.feature_level = 99;
  solo.receive(2, 2, chunk(meta, 0, solo.id));
  EXPECT_NE(solo.effect<Halt>(), nullptr);
}

// What the state machine already has needs no repair.
TEST(RepairByState, WhatIsInTheStateAtTheStartIsNotAskedFor) {
  for (const auto& [applied, first, base] : {std::tuple{3u, 4u, 3u}, {4u, 0u, 4u}, {6u, 0u, 6u}}) {
    Restored start = damaged(kLog, 3, 4);
    start.applied = end_of({kLog.begin(), kLog.begin() + static_cast<std::ptrdiff_t>(applied)});
    start.membership = Membership{.members = {node(1), node(2), node(3)}, .outgoing = {}};
    Solo solo(3, start);
    solo.wait(Duration::millis(1));
    EXPECT_EQ(solo.node.log().base().index, LogIndex{base});
    const auto damage = solo.node.status().damage;
    EXPECT_EQ(damage ? damage->first.value : 0, first) << applied;
    EXPECT_EQ(solo.node.log().last(), LogIndex{first == 0 ? 6u : 3u});
    ASSERT_NE(solo.effect<Persist>(), nullptr);
    const PersistRequest& r = solo.effect<Persist>()->request;
    EXPECT_EQ(applied == 6 ? r.reset_to : r.rebase, start.applied);
  }
}

// What was promised in term 2 can't follow on an entry of term 3 that was agreed on. (Power failed
// before the log's disk had that term.)
TEST(RepairByState, AStateOfALaterTermLeavesNothingPromisedBehindIt) {
  Restored start = damaged(kLog, 4, 6);
  start.applied = {log_id(5, 3), 17};
  start.membership = Membership{.members = {node(1), node(2), node(3)}, .outgoing = {}};
  Solo solo(3, start);
  EXPECT_FALSE(solo.node.status().damage);
  EXPECT_EQ(solo.node.log().last_id(), log_id(5, 3));
  EXPECT_EQ(solo.node.status().term, Term{3});
}

TEST(RepairBySnapshot, OfALaterTermLeavesNothingPromisedBehindIt) {
  Broken solo(4, 6);
  SnapshotMeta meta = snapshot_at(5);
  meta.last.term = Term{3};
  RepairReply reply = solo.reply(RepairVerdict::Compacted, log_id(6, 3));
  reply.snapshot = meta.last;
  solo.receive(2, 0, reply);
  for (std::uint64_t offset : {0, 1}) {
    solo.receive(2, 3, chunk(meta, offset, solo.id));
    solo.step(SnapshotChunkStored{meta, offset + 1});
  }
  ASSERT_NE(solo.effect<InstallSnapshot>(), nullptr);
  solo.step(SnapshotInstalled{meta});
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(solo.node.log().last_id(), log_id(5, 3));
}

// --- who is asked

TEST(RepairAnswer, TellsWhatThereIs) {
  Restored start;
  start.log.hard_state.term = Term{2};
  start.log.entries = kLog;
  Solo solo(3, start);
  const auto asked = [&](std::uint64_t from, std::uint64_t to) {
    solo.receive(
        2, 0 + solo.term(),
        RepairRequest{
            .id = 9, .from = LogIndex{from}, .to = LogIndex{to}, .snapshot = {}, .offset = 0});
    return *solo.body<RepairReply>(2);
  };
  RepairReply r = asked(3, 4);
  EXPECT_EQ(r.verdict, RepairVerdict::Entries);
  EXPECT_EQ(r.entries, (std::vector<Entry>{kLog[2], kLog[3]})) << "no more than was asked for";
  EXPECT_EQ(r.prev, log_id(2, 1));
  EXPECT_EQ(r.last, log_id(6, 2));
  EXPECT_TRUE(r.whole);
  EXPECT_FALSE(r.leads);
  EXPECT_EQ(r.named_at, LogIndex{1});
  EXPECT_EQ(asked(7, 7).verdict, RepairVerdict::Absent);
}

TEST(RepairAnswer, SaysNothingWithoutALog) {
  Restored start;
  start.log.founders = FounderRecord{.members = make_config(1, 3).founders, .founded = false};
  Solo solo(3, start);
  solo.receive(
      2, 1,
      RepairRequest{.id = 9, .from = LogIndex{1}, .to = LogIndex{1}, .snapshot = {}, .offset = 0});
  EXPECT_EQ(solo.body<RepairReply>(2), nullptr)
      << "what it lacks says nothing about what others had";
}

TEST(RepairAnswer, WaitsUntilTheEntriesAreDurable) {
  Solo solo(3, restored(1, {1}));
  solo.receive(
      2, 1,
      AppendRequest{.prev = log_id(1, 1), .commit = {}, .round = 0, .entries = {entry(2, 1)}});
  const PersistSeq seq = solo.effect<Persist>()->request.seq;
  solo.receive(
      3, 1,
      RepairRequest{.id = 9, .from = LogIndex{2}, .to = LogIndex{2}, .snapshot = {}, .offset = 0});
  EXPECT_EQ(solo.sent<RepairReply>(3)->after, seq);
}

// Its state has what its log hasn't: a snapshot is built, and offered once it is there.
TEST(RepairAnswer, OffersASnapshotOfWhatIsCompactedAway) {
  Restored start;
  start.log.hard_state.term = Term{2};
  start.log.base = {kLog[3].index, kLog[3].term};
  start.log.entries = {kLog[4], kLog[5]};
  start.applied = end_of({kLog.begin(), kLog.begin() + 4});
  start.membership = Membership{.members = {node(1), node(2), node(3)}, .outgoing = {}};
  Solo solo(3, start);
  const RepairRequest request{
      .id = 9, .from = LogIndex{3}, .to = LogIndex{4}, .snapshot = {}, .offset = 0};
  solo.receive(2, 2, request);
  EXPECT_EQ(solo.body<RepairReply>(2)->verdict, RepairVerdict::Compacted);
  EXPECT_EQ(solo.body<RepairReply>(2)->snapshot, LogId{});
  ASSERT_NE(solo.effect<BuildSnapshot>(), nullptr);
  solo.step(SnapshotBuilt{snapshot_at(4)});
  solo.receive(2, 2, request);
  EXPECT_EQ(solo.body<RepairReply>(2)->snapshot, snapshot_at(4).last);
  RepairRequest bytes = request;
  bytes.snapshot = snapshot_at(4).last;
  bytes.offset = 1;
  solo.receive(2, 2, bytes);
  const auto* sent = solo.effect<SendSnapshotChunk>();
  ASSERT_NE(sent, nullptr);
  EXPECT_EQ(sent->offset, 1u);
  EXPECT_EQ(sent->repair_id, 9u);
  bytes.snapshot = log_id(3, 1);
  solo.receive(2, 2, bytes);
  EXPECT_EQ(solo.effect<SendSnapshotChunk>(), nullptr) << "another one";
}

TEST(RepairAnswer, ALeaderStopsCountingOnWhatAFollowerHasLost) {
  Solo solo(3);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 2);
  ASSERT_EQ(solo.node.status().peers[0].match, LogIndex{2});
  solo.receive(
      2, 1,
      RepairRequest{.id = 9, .from = LogIndex{2}, .to = LogIndex{2}, .snapshot = {}, .offset = 0});
  EXPECT_EQ(solo.node.status().peers[0].match, LogIndex{1});
  EXPECT_TRUE(solo.body<RepairReply>(2)->leads);
}

// --- whole clusters

struct Mended : Cluster {
  Mended() : Cluster(3) {
    campaign(1);
    for (const char* command : {"a", "b", "c"}) {
      propose(1, command);
      settle();
    }
  }
  void damage(std::uint64_t id, std::uint64_t from, std::uint64_t to) {
    (*this)[id].wipe_state();
    lose((*this)[id].disk, LogIndex{from}, LogIndex{to});
  }
  bool whole(std::uint64_t id) { return !(*this)[id].status().damage && !(*this)[id].disk.damaged; }
};

TEST(MendedCluster, ThreeDisksThatLostDifferentEntriesMakeEachOtherWhole) {
  Mended cluster;
  for (std::uint64_t id = 1; id <= 3; ++id) cluster.damage(id, id + 1, id + 1);
  for (std::uint64_t id = 1; id <= 3; ++id) cluster[id].start(cluster.now());
  cluster.run(Duration::seconds(5));
  ASSERT_NE(cluster.leader(), 0u);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    EXPECT_TRUE(cluster.whole(id)) << id;
    EXPECT_EQ(cluster.commands(id), (std::vector<std::string>{"a", "b", "c"}));
  }
}

TEST(MendedCluster, WhatAllHaveLostIsNotMadeUp) {
  Mended cluster;
  for (std::uint64_t id = 1; id <= 3; ++id) cluster.damage(id, 3, 3);
  for (std::uint64_t id = 1; id <= 3; ++id) cluster[id].start(cluster.now());
  cluster.run(Duration::seconds(5));
  EXPECT_EQ(cluster.leader(), 0u);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    ASSERT_TRUE(cluster[id].status().damage);
    EXPECT_TRUE(cluster[id].status().damage->unrecoverable) << id;
  }
}

}  // namespace
}  // namespace confman::consensus::test
