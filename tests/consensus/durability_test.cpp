#include "consensus/raft/durability.hpp"

#include <gtest/gtest.h>

#include "tests/consensus/support/solo.hpp"

namespace confman::consensus::test {
namespace {

LogIndex at(std::uint64_t index) {
  return LogIndex{index};
}

TEST(Durability, OneStepIsOneWriteAndNumbersAreNeverUsedAgain) {
  Durability d(at(0));
  EXPECT_FALSE(d.take(at(0), Time{0}));
  d.hard_state({Term{1}, MemberId{1}});
  d.append(entry(1, 1));
  d.append(entry(2, 1));
  EXPECT_EQ(d.everything(), PersistSeq{1});
  const auto first = d.take(at(2), Time{0});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->seq, PersistSeq{1});
  EXPECT_EQ(first->append.size(), 2u);
  EXPECT_FALSE(d.take(at(2), Time{0}));
  d.append(entry(3, 1));
  EXPECT_EQ(d.take(at(3), Time{0})->seq, PersistSeq{2});
}

TEST(Durability, APromiseWaitsForAllAndATermOnlyForTheTerm) {
  Durability d(at(0));
  d.hard_state({Term{1}, {}});
  (void)d.take(at(0), Time{0});
  d.append(entry(1, 1));
  (void)d.take(at(1), Time{0});
  EXPECT_EQ(d.everything(), PersistSeq{2});
  EXPECT_EQ(d.term(), PersistSeq{1});
  d.completed(PersistSeq{1}, Time{0});
  EXPECT_EQ(d.term(), PersistSeq{0});
  EXPECT_EQ(d.everything(), PersistSeq{2});
  EXPECT_EQ(d.index(), at(0));
  d.completed(PersistSeq{2}, Time{0});
  EXPECT_EQ(d.index(), at(1));
  EXPECT_FALSE(d.completed(PersistSeq{1}, Time{0})) << "overtaken";
}

TEST(Durability, ALaterCompletionStandsForTheEarlierOnes) {
  Durability d(at(0));
  for (std::uint64_t i = 1; i <= 3; ++i) {
    d.append(entry(i, 1));
    (void)d.take(at(i), Time{0});
  }
  d.completed(PersistSeq{3}, Time{0});
  EXPECT_EQ(d.index(), at(3));
}

TEST(Durability, ATruncationTakesBackWhatPendingWritesWillComplete) {
  Durability d(at(2));
  d.append(entry(3, 1));
  d.append(entry(4, 1));
  (void)d.take(at(4), Time{0});
  d.truncate_from(at(2));
  d.append(entry(2, 2));
  (void)d.take(at(2), Time{0});
  EXPECT_EQ(d.index(), at(1));
  d.completed(PersistSeq{1}, Time{0});
  EXPECT_EQ(d.index(), at(1));
  d.completed(PersistSeq{2}, Time{0});
  EXPECT_EQ(d.index(), at(2));
}

TEST(Durability, AResetMakesPendingWritesMeaningless) {
  Durability d(at(2));
  d.append(entry(3, 1));
  (void)d.take(at(3), Time{0});
  d.reset({log_id(9, 4), 77});
  d.append(entry(10, 5));
  const auto write = d.take(at(10), Time{0});
  EXPECT_EQ(write->reset_to, (LogPoint{log_id(9, 4), 77}));
  EXPECT_EQ(d.index(), at(9));
  d.completed(PersistSeq{1}, Time{0});
  EXPECT_EQ(d.index(), at(9));
  d.completed(PersistSeq{2}, Time{0});
  EXPECT_EQ(d.index(), at(10));
}

// --- what a start makes of what the disk holds

TEST(Start, ALogThatTheStateMachineHasPassedIsReset) {
  struct Case {
    std::vector<std::uint64_t> log;
    std::uint64_t applied, term, last;
  };
  for (const Case& c : {Case{{1, 1}, 5, 3, 5},              // ends before it
                        Case{{1, 1, 2, 2, 2, 2}, 5, 3, 5},  // has another entry there
                        Case{{1, 1, 2, 2, 3, 3}, 5, 3, 6},  // contains it
                        Case{{1, 1, 2}, 2, 1, 3}}) {
    Restored r = restored(3, c.log);
    r.applied = {log_id(c.applied, c.term), 77};
    Solo solo(3, r);
    EXPECT_EQ(solo.node.status().last, LogIndex{c.last}) << c.log.size();
    EXPECT_EQ(solo.node.status().applied, LogIndex{c.applied});
    solo.step(TimePassed{});
    const bool reset = solo.effect<Persist>() && solo.effect<Persist>()->request.reset_to;
    EXPECT_EQ(reset, c.last == c.applied) << c.log.size();
  }
}

// The snapshot's disk was faster than the one of the log: not even its term is known there.
TEST(Start, ASnapshotOfATermThatWasNeverWrittenBringsItsTerm) {
  Restored r = restored(1, {1, 1}, 2);
  r.applied = {log_id(5, 3), 77};
  Solo solo(3, r);
  solo.step(TimePassed{});
  ASSERT_NE(solo.effect<Persist>(), nullptr);
  EXPECT_EQ(solo.effect<Persist>()->request.reset_to, (LogPoint{log_id(5, 3), 77}));
  EXPECT_EQ(solo.effect<Persist>()->request.hard_state, (HardState{Term{3}, std::nullopt}));
}

// --- the driver

TEST(Driver, HoldsBackWhatPromisesUntilTheDiskHasIt) {
  Cluster cluster(3);
  cluster.slow_disks = {2};
  cluster.campaign(1);
  for (const Message& m : cluster.network) EXPECT_NE(m.from.member, MemberId{2});
  EXPECT_TRUE(cluster.network.empty());
  cluster.propose(1, "a");
  cluster.settle();
  Member& slow = cluster[2];
  EXPECT_FALSE(slow.writes.empty());
  slow.finish_all_writes(cluster.now());
  EXPECT_FALSE(cluster.network.empty()) << "released";
  std::uint64_t best = 0;
  for (const Message& m : cluster.network) {
    const auto* reply = std::get_if<AppendReply>(&m.body);
    if (reply && reply->success) best = std::max(best, reply->match.value);
  }
  EXPECT_EQ(best, 2u) << "the first append, alone while the leader probes";
}

// Messages from before a crash reach the next life of a member.
TEST(Driver, ARestartedMemberBreaksNoPromise) {
  for (std::uint64_t writes = 0; writes < 4; ++writes) {
    Cluster cluster(3);
    cluster.slow_disks = {3};
    cluster.campaign(1);
    cluster.propose(1, "a");
    cluster.settle();
    cluster[3].finish_writes(cluster.now(), writes);
    cluster.restart(3);
    cluster.slow_disks.clear();
    cluster.run(Duration::seconds(3));
    cluster.propose(cluster.leader(), "b");
    cluster.run(Duration::seconds(1));
    EXPECT_EQ(cluster.commands(3), (std::vector<std::string>{"a", "b"})) << writes;
  }
}

// --- configuration

TEST(Config, RefusesWhatCannotWork) {
  const auto refused = [](auto change) {
    RaftConfig c = make_config(1, 3);
    EXPECT_TRUE(validate(c));
    change(c);
    return !validate(c);
  };
  EXPECT_TRUE(refused([](RaftConfig& c) { c.self.member = MemberId{}; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.founders.members.clear(); }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.heartbeat_interval = Duration::millis(101); }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.heartbeat_interval = Duration{}; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.election_timeout_max = c.election_timeout_min; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_append_entries = 0; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_append_bytes = 1u << 30; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_inflight_appends = 0; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_inflight_bytes = 1; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_uncommitted_entries = 0; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.keep_trailing_entries = c.compact_above_entries; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.snapshot_chunk_bytes = 0; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.snapshot_retry = Duration{}; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.compact_above_bytes = 0; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_clock_drift_ppm = -1; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_clock_drift_ppm = 1'000'000; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.min_free_bytes = c.resume_free_bytes + 1; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.disk_stall = Duration{}; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_feature_level = kFirstFeatureLevel - 1; }));
  EXPECT_TRUE(refused([](RaftConfig& c) { c.max_feature_level = kNewestFeatureLevel + 1; }));
}

// Deadlines are drawn from the settings' range: of an empty one nothing can be drawn.
TEST(Config, ThatIsImpossibleEndsANodeWithASentence) {
  const auto empty_range = [](RaftConfig& c) { c.election_timeout_max = c.election_timeout_min; };
  EXPECT_DEATH(Solo(3, {}, empty_range), "impossible configuration");
}

// --- the invariants themselves, on forged violations

TEST(InvariantsDeathTest, EachViolationIsNamed) {
  const NodeView good{.role = Role::Follower,
                      .hard_state = {Term{3}, MemberId{2}},
                      .leader = MemberId{2},
                      .base = at(2),
                      .applied = at(4),
                      .commit = at(5),
                      .persisted = at(6),
                      .last = log_id(7, 3),
                      .issued = PersistSeq{2},
                      .done = PersistSeq{1}};
  check_basic(good);
  check_delta(good, good);
  const auto basic = [&](auto change, const char* sentence) {
    NodeView bad = good;
    change(bad);
    EXPECT_DEATH(check_basic(bad), sentence);
  };
  basic([](NodeView& v) { v.base = at(5); }, "compacted beyond");
  basic([](NodeView& v) { v.commit = at(3); }, "isn't committed");
  basic([](NodeView& v) { v.commit = at(8); }, "beyond the end");
  basic([](NodeView& v) { v.persisted = at(3); }, "isn't durable");
  basic([](NodeView& v) { v.persisted = at(8); }, "More of the log");
  basic([](NodeView& v) { v.last.term = Term{4}; }, "hasn't begun");
  basic([](NodeView& v) { v.done = PersistSeq{3}; }, "never asked for");
  basic(
      [](NodeView& v) {
        v.base = v.applied = at(3);
        v.persisted = at(2);
      },
      "ends before the compaction point");
  const Membership two = make_config(1, 2).founders;
  const auto with_peers = [&](auto change, const char* sentence) {
    std::vector<Progress> peers = {Progress({MemberId{2}, 1}, at(8), make_config(1, 2), Time{})};
    check_peers(peers, good.last.index, two, MemberId{1});
    change(peers);
    EXPECT_DEATH(check_peers(peers, good.last.index, two, MemberId{1}), sentence);
  };
  with_peers([](auto& peers) { peers.clear(); }, "all other members");
  for (const std::uint64_t stranger : {1, 3}) {
    with_peers(
        [&](auto& peers) {
          peers[0] = Progress({MemberId{stranger}, 1}, at(8), make_config(1, 2), Time{});
        },
        "no other member");
  }
  const auto with_peer = [&](auto change, const char* sentence) {
    with_peers([&](auto& peers) { change(peers[0]); }, sentence);
  };
  with_peer([](Progress& p) { p.acknowledged(at(8)); }, "matches beyond the end");
  with_peer([](Progress& p) { p = Progress(p.node(), at(9), make_config(1, 2), Time{}); },
            "entries that don't exist");
  const auto delta = [&](auto change, const char* sentence) {
    NodeView after = good;
    change(after);
    EXPECT_DEATH(check_delta(good, after), sentence);
  };
  delta([](NodeView& v) { v.hard_state.term = Term{2}; }, "term went backwards");
  delta([](NodeView& v) { v.commit = at(4); }, "commit index went backwards");
  delta([](NodeView& v) { v.applied = at(3); }, "applied index went backwards");
  delta([](NodeView& v) { v.base = at(1); }, "compaction point went backwards");
  delta([](NodeView& v) { v.hard_state.voted_for.reset(); }, "vote was changed or forgotten");
  delta([](NodeView& v) { v.leader = MemberId{3}; }, "two leaders");
  delta([](NodeView& v) { v.issued = PersistSeq{1}; }, "numbers of writes went backwards");
  delta([](NodeView& v) { v.done = PersistSeq{0}; }, "numbers of writes went backwards");
  NodeView leader = good;
  leader.role = Role::Leader;
  NodeView shorter = leader;
  shorter.last.index = at(6);
  EXPECT_DEATH(check_delta(leader, shorter), "shortened its own log");
  NodeView later = good;
  later.hard_state = {Term{4}, {}};
  later.leader = MemberId{3};
  check_delta(good, later);  // in a new term there is a new leader, and a new vote
}

}  // namespace
}  // namespace confman::consensus::test
