#include <gtest/gtest.h>

#include "tests/consensus/support/solo.hpp"

namespace confman::consensus::test {
namespace {

AppendRequest append(LogId prev, std::vector<Entry> entries, std::uint64_t commit = 0) {
  return {.prev = prev, .commit = LogIndex{commit}, .round = 0, .entries = std::move(entries)};
}

// --- the follower (Figure 2, AppendEntries RPC)

TEST(Append, IsAcknowledgedOnceItIsDurable) {
  Solo solo(3);
  solo.receive(2, 1, append({}, {entry(1, 1)}));
  const auto* persist = solo.effect<Persist>();
  ASSERT_NE(persist, nullptr);
  EXPECT_EQ(persist->request.append.size(), 1u);
  EXPECT_EQ(solo.sent<AppendReply>(2)->after, persist->request.seq);
  EXPECT_EQ(solo.body<AppendReply>(2)->match, LogIndex{1});
  // The same again while the first is being written: a promise all the same.
  solo.receive(2, 1, append({}, {entry(1, 1)}));
  EXPECT_EQ(solo.effect<Persist>(), nullptr);
  EXPECT_EQ(solo.sent<AppendReply>(2)->after, PersistSeq{1});
  solo.persist();
  solo.receive(2, 1, append({}, {entry(1, 1)}));
  EXPECT_EQ(solo.sent<AppendReply>(2)->after, PersistSeq{0});
}

// "Reply false if term < currentTerm"
TEST(Append, OfAnEarlierTermIsRefusedWithTheCurrentOne) {
  Solo solo(3, restored(5, {1}));
  solo.receive(2, 4, append(log_id(1, 1), {entry(2, 4)}));
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1}));
  ASSERT_NE(solo.sent<HeartbeatReply>(2), nullptr);
  EXPECT_EQ(solo.sent<HeartbeatReply>(2)->message.term, Term{5});
}

// "Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm". The
// hint skips a whole term.
TEST(Append, IsRefusedWithAHintWherePrevDoesNotMatch) {
  struct Case {
    LogId prev, hint;
  };
  for (const Case& c :
       {Case{log_id(9, 6), log_id(6, 4)},  // beyond the end
        Case{log_id(6, 5), log_id(6, 4)},  // may agree right there, in an older term
        Case{log_id(6, 3), log_id(3, 2)},  // all of term 4 can't be
        Case{log_id(2, 1), log_id(1, 1)}}) {
    Solo solo(3, restored(6, {1, 2, 2, 4, 4, 4}));
    solo.receive(2, 7, append(c.prev, {entry(c.prev.index.value + 1, 7)}));
    ASSERT_NE(solo.body<AppendReply>(2), nullptr);
    EXPECT_FALSE(solo.body<AppendReply>(2)->success);
    EXPECT_EQ(solo.body<AppendReply>(2)->match, c.prev.index);
    EXPECT_EQ(solo.body<AppendReply>(2)->hint, c.hint);
    EXPECT_EQ(solo.node.log().last(), LogIndex{6}) << "a refusal changes nothing";
  }
}

// "If an existing entry conflicts with a new one (same index but different terms), delete the
// existing entry and all that follow it"
TEST(Append, ReplacesTheSuffixFromTheFirstConflictOn) {
  Solo solo(3, restored(3, {1, 2, 2, 2}));
  solo.receive(2, 3, append(log_id(1, 1), {entry(2, 2), entry(3, 3)}));
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(solo.effect<Persist>()->request.truncate_from, LogIndex{3});
  EXPECT_EQ(solo.effect<Persist>()->request.append.size(), 1u);
}

TEST(Append, ThatIsOldOrShortTruncatesNothing) {
  Solo solo(3, restored(2, {1, 2, 2, 2}));
  solo.receive(2, 2, append(log_id(1, 1), {entry(2, 2)}));
  EXPECT_EQ(solo.node.log().last(), LogIndex{4});
  EXPECT_EQ(solo.body<AppendReply>(2)->match, LogIndex{2}) << "not more than this append shows";
  solo.receive(2, 2, append(log_id(1, 1), {}));
  EXPECT_EQ(solo.node.log().last(), LogIndex{4});
  EXPECT_EQ(solo.effect<Persist>(), nullptr);
}

// "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)"
// (scylladb/scylladb#9965: not the end of the own log, which may be another leader's).
TEST(Append, CommitsNoFurtherThanItsLastNewEntry) {
  Solo solo(3, restored(2, {1, 1, 1, 1}));
  solo.receive(2, 2, append(log_id(1, 1), {entry(2, 1)}, 4));
  EXPECT_EQ(solo.commit(), 2u);
  solo.receive(2, 2, append(log_id(2, 1), {}, 4));
  EXPECT_EQ(solo.commit(), 2u);
  solo.receive(2, 2, append(log_id(2, 1), {entry(3, 1)}, 2));
  EXPECT_EQ(solo.commit(), 2u);
}

using AppendDeathTest = testing::Test;

TEST(AppendDeathTest, NothingCommittedIsEverTruncated) {
  Solo solo(3, restored(2, {1, 1, 1}));
  solo.receive(2, 2, append(log_id(3, 1), {}, 3));
  EXPECT_DEATH(solo.receive(2, 2, append(log_id(1, 1), {entry(2, 2)})),
               "A committed entry was about to be removed");
}

TEST(Append, BelowTheCompactionPointCountsFromThere) {
  Restored r{.log = {.hard_state = {Term{2}, {}}, .base = log_id(4, 1), .entries = {entry(5, 2)}},
             .applied = log_id(4, 1)};
  Solo solo(3, r);
  solo.receive(2, 2, append(log_id(2, 1), {entry(3, 1)}));
  EXPECT_TRUE(solo.body<AppendReply>(2)->success);
  EXPECT_EQ(solo.body<AppendReply>(2)->match, LogIndex{3});
  solo.receive(2, 2, append(log_id(2, 1), {entry(3, 1), entry(4, 1), entry(5, 2), entry(6, 2)}));
  EXPECT_TRUE(solo.body<AppendReply>(2)->success);
  EXPECT_EQ(solo.body<AppendReply>(2)->match, LogIndex{6});
  EXPECT_EQ(solo.node.log().last(), LogIndex{6});
}

TEST(Apply, WaitsForTheOwnDisk) {
  Solo solo(3);
  solo.receive(2, 1, append({}, {entry(1, 1), entry(2, 1)}, 2));
  EXPECT_EQ(solo.commit(), 2u);
  EXPECT_EQ(solo.effect<Apply>(), nullptr);
  solo.persist();
  ASSERT_NE(solo.effect<Apply>(), nullptr);
  EXPECT_EQ(solo.effect<Apply>()->entries.size(), 2u);
  solo.persist();
  EXPECT_EQ(solo.effect<Apply>(), nullptr) << "each entry once";
}

// A node that has much to catch up with hears of votes and heartbeats between the steps.
TEST(Apply, ABoundedPartBetweenTwoTicksAndTheNextTickAtOnce) {
  Solo solo(3, {}, [](RaftConfig& c) { c.max_apply_entries = 2; });
  solo.receive(2, 1, append({}, log_of({1, 1, 1, 1, 1}), 5));
  solo.persist();
  solo.receive(2, 1, Heartbeat{.commit = LogIndex{5}, .match = LogIndex{5}, .round = 1});
  EXPECT_EQ(solo.effect<Apply>(), nullptr) << "however much is received before the tick";
  EXPECT_LE(solo.node.next_deadline(), solo.now);
  solo.wait(Duration::millis(0));
  std::vector<std::size_t> handed_out;
  while (const Apply* apply = solo.effect<Apply>()) {
    handed_out.push_back(apply->entries.size());
    const bool more = handed_out.size() < 2;
    EXPECT_EQ(solo.node.next_deadline() <= solo.now, more);
    solo.wait(Duration::millis(0));
  }
  EXPECT_EQ(handed_out, (std::vector<std::size_t>{2, 1}));
}

// The write of an entry that was replaced meanwhile completes: it confirms nothing of the new entry
// (etcd-io/raft#8).
TEST(Durable, ACompletionDoesNotConfirmWhatWasReplaced) {
  Solo solo(3);
  solo.receive(2, 1, append({}, {entry(1, 1), entry(2, 1)}));
  const PersistSeq first = solo.effect<Persist>()->request.seq;
  solo.receive(3, 2, append(log_id(1, 1), {entry(2, 2)}, 2));
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{1, 2}));
  solo.step(Persisted{first});
  EXPECT_EQ(solo.node.status().persisted, LogIndex{1});
  ASSERT_NE(solo.effect<Apply>(), nullptr);
  EXPECT_EQ(solo.effect<Apply>()->entries.size(), 1u);
  solo.persist();
  EXPECT_EQ(solo.node.status().persisted, LogIndex{2});
}

TEST(Heartbeat, CommitsOnlyWhatTheLogHas) {
  Solo solo(3, restored(1, {1, 1}));
  solo.receive(2, 1, Heartbeat{.commit = LogIndex{2}, .match = LogIndex{2}, .round = 4});
  EXPECT_EQ(solo.body<HeartbeatReply>(2)->round, 4u);
  EXPECT_EQ(solo.commit(), 2u);
}

// The disk has lied about a sync, or an older copy of it has been put back.
TEST(Heartbeat, StopsANodeWhoseLogIsShorterThanWhatItAcknowledged) {
  Solo solo(3, restored(1, {1, 1}));
  solo.receive(2, 1, Heartbeat{.commit = LogIndex{1}, .match = LogIndex{9}, .round = 4});
  ASSERT_NE(solo.effect<Halt>(), nullptr);
  EXPECT_EQ(solo.effect<Halt>()->reason, HaltReason::LogRegressed);
  EXPECT_EQ(solo.effect<Halt>()->promised, LogIndex{9});
  EXPECT_EQ(solo.effect<Halt>()->found, LogIndex{2});
  EXPECT_EQ(solo.commit(), 0u);
  solo.receive(2, 1, Heartbeat{});
  EXPECT_TRUE(solo.effects.empty()) << "it does nothing any more";
  EXPECT_EQ(solo.node.next_deadline(), Time::never());
}

// --- the leader

TEST(Leader, SendsBeforeItsOwnDiskHasFinishedAndOncePerStep) {
  Solo solo(3);
  solo.lead();
  solo.acknowledge(2, 1);
  solo.step(Propose{{{ProposalId{1}, make_payload("a")}, {ProposalId{2}, make_payload("b")}}});
  std::size_t persists = 0;
  std::size_t appends = 0;
  for (const Effect& e : solo.effects) {
    persists += std::holds_alternative<Persist>(e) ? 1 : 0;
    const auto* send = std::get_if<Send>(&e);
    if (!send || send->message.to.member != MemberId{2}) continue;
    EXPECT_EQ(std::get<AppendRequest>(send->message.body).entries.size(), 2u);
    EXPECT_EQ(send->after, PersistSeq{0});
    ++appends;
  }
  EXPECT_EQ(persists, 1u);
  EXPECT_EQ(appends, 1u);
}

TEST(Leader, PipelinesUpToTheWindowAndGoesOnWhenAnAnswerWasLost) {
  Solo solo(3, {}, [](RaftConfig& c) { c.max_inflight_appends = 3; });
  solo.lead();
  solo.acknowledge(2, 2);
  for (int i = 0; i < 3; ++i) {
    solo.propose();
    EXPECT_NE(solo.sent<AppendRequest>(2), nullptr);
  }
  solo.propose();
  EXPECT_EQ(solo.sent<AppendRequest>(2), nullptr) << "the window is full";
  solo.acknowledge(2, 4);  // the answer to the first append was lost; this one covers it
  ASSERT_NE(solo.body<AppendRequest>(2), nullptr);
  EXPECT_EQ(solo.body<AppendRequest>(2)->prev.index, LogIndex{5});
}

TEST(Leader, FindsOutWhatWasLostThroughHeartbeats) {
  Cluster cluster(3);
  cluster.run(Duration::seconds(2));
  const std::uint64_t leader = cluster.leader();
  cluster.drop = [](const Message& m) { return std::holds_alternative<AppendRequest>(m.body); };
  cluster.propose(leader, "a");
  cluster.run(Duration::millis(200));
  cluster.drop = {};
  cluster.run(Duration::millis(200));
  for (std::uint64_t id = 1; id <= 3; ++id) {
    EXPECT_EQ(cluster.commands(id), std::vector<std::string>{"a"}) << id;
  }
}

TEST(Leader, HeartbeatsNeverNameMoreThanTheFollowerMatches) {
  Solo solo(3);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 1);
  EXPECT_EQ(solo.commit(), 1u);
  solo.wait(Duration::millis(50));
  EXPECT_EQ(solo.body<Heartbeat>(3)->commit, LogIndex{0});
  EXPECT_EQ(solo.body<Heartbeat>(2)->commit, LogIndex{1});
}

TEST(Leader, TellsFollowersAtOnceThatTheLastEntryIsCommitted) {
  Cluster cluster(3);
  cluster.run(Duration::seconds(2));
  cluster.propose(cluster.leader(), "a");
  cluster.settle();  // no time passes, so no regular heartbeat
  for (std::uint64_t id = 1; id <= 3; ++id) {
    EXPECT_EQ(cluster.commands(id), std::vector<std::string>{"a"}) << id;
  }
}

TEST(Leader, IgnoresAMatchBeyondItsLogAndTakesNoneFromARefusal) {
  Solo solo(3);
  solo.lead();
  solo.persist();
  solo.acknowledge(2, 99);
  EXPECT_EQ(solo.commit(), 0u);
  solo.receive(
      2, 1, AppendReply{.success = false, .match = LogIndex{0}, .hint = log_id(1, 1), .round = 0});
  EXPECT_EQ(solo.commit(), 0u);
}

TEST(Propose, IsRefusedByAFollowerAndWhenTooMuchIsUncommitted) {
  Solo solo(3, {}, [](RaftConfig& c) { c.max_uncommitted_entries = 4; });
  solo.propose();
  EXPECT_EQ(solo.effect<ProposalRefused>()->why, ProposeRefusal::NotLeader);
  solo.lead();
  solo.propose();
  EXPECT_EQ(solo.effect<ProposalAppended>()->at, log_id(3, 1));
  solo.propose();
  solo.propose();
  EXPECT_EQ(solo.effect<ProposalRefused>()->why, ProposeRefusal::Busy);
  solo.persist();
  solo.acknowledge(2, 4);
  solo.propose();
  EXPECT_NE(solo.effect<ProposalAppended>(), nullptr);
}

// Raft, Figure 7: the possible followers of a leader of term 8.
TEST(Figure7, EveryFollowerEndsWithTheLeadersLog) {
  const std::vector<std::uint64_t> leader_log = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
  const std::vector<std::vector<std::uint64_t>> followers = {{1, 1, 1, 4, 4, 5, 5, 6, 6},
                                                             {1, 1, 1, 4},
                                                             {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
                                                             {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7},
                                                             {1, 1, 1, 4, 4, 4, 4},
                                                             {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}};
  for (const auto& follower_log : followers) {
    Solo leader(3, restored(7, leader_log));
    leader.lead();
    ASSERT_EQ(leader.term(), 8u);
    RaftConfig config = make_config(3, 3);
    RaftNode follower(config, restored(7, follower_log), Time{0});
    std::vector<Message> to_follower;
    const auto collect = [](const Effects& effects, MemberId to) {
      std::vector<Message> messages;
      for (const Effect& e : effects) {
        const auto* send = std::get_if<Send>(&e);
        if (send && send->message.to.member == to) messages.push_back(send->message);
      }
      return messages;
    };
    std::vector<Message> out = collect(leader.effects, MemberId{3});
    int round_trips = 0;
    while (!out.empty()) {
      ASSERT_LT(++round_trips, 6) << "a refusal skips a term, not an entry";
      std::vector<Message> back;
      for (const Message& m : out) {
        Effects effects;
        follower.step(Time{0}, Received{m}, effects);
        for (Message& r : collect(effects, MemberId{1})) back.push_back(std::move(r));
      }
      out.clear();
      for (const Message& m : back) {
        leader.step(Received{m});
        for (Message& r : collect(leader.effects, MemberId{3})) out.push_back(std::move(r));
      }
    }
    EXPECT_EQ(terms_of(follower.log()), terms_of(leader.node.log()));
  }
}

}  // namespace
}  // namespace confman::consensus::test
