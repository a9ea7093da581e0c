#include <gtest/gtest.h>

#include "consensus/wire.hpp"
#include "domain/base/hash.hpp"
#include "tests/consensus/support/solo.hpp"

namespace confman::consensus::test {
namespace {

void small_logs(RaftConfig& c) {
  c.compact_above_entries = 10;
  c.keep_trailing_entries = 3;
  c.snapshot_chunk_bytes = 16;
}

// Three members; member 3 has missed so much that the log no longer has it.
class SnapshotTest : public testing::Test {
 protected:
  SnapshotTest() : cluster_(3, 0, small_logs) {
    cluster_.campaign(1);
    cluster_.isolate(3);
    for (int i = 0; i < 30; ++i) {
      cluster_.propose(1, "command " + std::to_string(i));
      cluster_.settle();
    }
    EXPECT_GT(cluster_[1].status().first, LogIndex{15});
  }
  void expect_caught_up() {
    EXPECT_EQ(cluster_.commands(3).size(), 30u);
    EXPECT_EQ(cluster_.commands(3), cluster_.commands(1));
  }
  Cluster cluster_;
};

TEST_F(SnapshotTest, BringsALaggingFollowerUpInChunks) {
  cluster_.heal();
  cluster_.run(Duration::seconds(2));
  expect_caught_up();
  EXPECT_EQ(cluster_[3].snapshots_installed, 1u);
  EXPECT_GT(cluster_[1].chunk_offsets_sent.size(), 10u);
  EXPECT_EQ(cluster_[1].chunks_sent, cluster_[1].chunk_offsets_sent.size()) << "none twice";
  cluster_.propose(1, "after");
  cluster_.run(Duration::seconds(1));
  EXPECT_EQ(cluster_.commands(3).back(), "after");
}

TEST_F(SnapshotTest, IsBuiltOnceForSeveralFollowers) {
  Cluster cluster(5, 0, small_logs);
  cluster.campaign(1);
  cluster.isolate(4);
  cluster.isolate(5);
  for (int i = 0; i < 30; ++i) {
    cluster.propose(1, "x");
    cluster.settle();
  }
  cluster.heal();
  cluster.run(Duration::seconds(3));
  EXPECT_EQ(cluster.commands(4).size(), 30u);
  EXPECT_EQ(cluster.commands(5).size(), 30u);
  EXPECT_EQ(cluster[1].snapshots_built, 1u);
}

TEST_F(SnapshotTest, LostChunksAndAnswersAreRepeatedNotBegunAgain) {
  cluster_.heal();
  std::size_t seen = 0;
  std::size_t first_chunks = 0;
  cluster_.drop = [&](const Message& m) {
    const auto* chunk = std::get_if<SnapshotChunk>(&m.body);
    if (chunk) first_chunks += chunk->offset == 0 ? 1 : 0;
    const bool of_transfer = chunk || std::holds_alternative<SnapshotReply>(m.body);
    return of_transfer && ++seen % 3 == 0;
  };
  cluster_.run(Duration::seconds(60));
  expect_caught_up();
  EXPECT_EQ(cluster_[3].snapshots_installed, 1u);
  EXPECT_LE(first_chunks, 2u);
}

TEST_F(SnapshotTest, DuplicatedChunksDoNoHarm) {
  cluster_.heal();
  std::vector<Message> copies;
  cluster_.drop = [&](const Message& m) {
    if (std::holds_alternative<SnapshotChunk>(m.body)) copies.push_back(m);
    return false;
  };
  cluster_.run(Duration::seconds(2));
  expect_caught_up();
  cluster_.drop = {};
  cluster_.propose(1, "after");
  cluster_.run(Duration::seconds(1));
  for (const Message& copy : copies) cluster_.deliver(copy);  // long after
  cluster_.settle();
  EXPECT_EQ(cluster_[3].snapshots_installed, 1u);
  EXPECT_EQ(cluster_.commands(3).back(), "after");
}

// --- room on the disk

// The first chunk of a snapshot of that size, from the leader of term 2.
SnapshotChunk announced(std::uint64_t size, std::uint64_t offset = 0) {
  SnapshotChunk chunk;
  chunk.meta.last = log_id(90, 1);
  chunk.meta.membership = encode(make_config(1, 3).founders);
  chunk.meta.feature_level = kFirstFeatureLevel;
  chunk.meta.size = size;
  chunk.offset = offset;
  chunk.data = make_payload("bytes");
  chunk.crc = crc32c(*chunk.data);
  return chunk;
}

TEST(SnapshotRoom, WhatTheDiskHasNoRoomForAboveTheReserveIsRefusedBeforeAByteIsWritten) {
  Solo solo(3, restored(1, {1}), [](RaftConfig& c) {
    c.min_free_bytes = 1'000;
    c.resume_free_bytes = 1'000;
  });
  solo.step(DiskSpace{1'000 + 3'000});
  solo.receive(2, 2, announced(1'001));
  EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr);
  const auto refused = solo.node.status().refused_snapshot;
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->bytes, 1'001U);
  EXPECT_EQ(refused->room, 1'000U) << "the stream, and twice as much for the state made of it";
  EXPECT_EQ(solo.sent<SnapshotReply>(2), nullptr) << "the leader tries again, ever more rarely";

  solo.receive(2, 2, announced(1'000));
  EXPECT_NE(solo.effect<StoreSnapshotChunk>(), nullptr);
  EXPECT_FALSE(solo.node.status().refused_snapshot);
  // What is here already needn't be found room for again.
  solo.step(DiskSpace{1'000 + 2'400});
  solo.receive(2, 2, announced(1'000, 600));
  EXPECT_NE(solo.effect<StoreSnapshotChunk>(), nullptr);
  solo.receive(2, 2, announced(1'000, 599));
  EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr) << "the reserve stays reserved";
}

TEST(SnapshotRoom, NoSnapshotIsLargerThanTheLimitWhateverTheDiskHolds) {
  for (const bool told : {false, true}) {
    Solo solo(3, restored(1, {1}));
    if (told) solo.step(DiskSpace{UINT64_MAX});
    for (const std::uint64_t size : {kMaxSnapshotBytes + 1, std::uint64_t{1} << 63, UINT64_MAX}) {
      solo.receive(2, 2, announced(size));
      EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr) << size;
      EXPECT_TRUE(solo.node.status().refused_snapshot);
    }
    solo.receive(2, 2, announced(kMaxSnapshotBytes));
    EXPECT_NE(solo.effect<StoreSnapshotChunk>(), nullptr);
  }
}

TEST_F(SnapshotTest, AFollowerWithoutRoomIsAskedEverMoreRarelyAndCaughtUpWhenItHasRoom) {
  cluster_[3].input([&](Driver& d) { d.disk_space(cluster_.now(), 10); });
  cluster_.heal();
  cluster_.run(Duration::seconds(60));
  EXPECT_TRUE(cluster_[3].status().refused_snapshot);
  EXPECT_EQ(cluster_[3].snapshots_installed, 0U);
  // After 0, 0.5, 1.5, 3.5, 7.5, 15.5, 23.5… seconds.
  EXPECT_LE(cluster_[1].chunks_sent, 12U);
  EXPECT_GE(cluster_[1].chunks_sent, 8U);
  cluster_[3].input([&](Driver& d) { d.disk_space(cluster_.now(), 1'000'000); });
  cluster_.run(Duration::seconds(15));
  expect_caught_up();
  EXPECT_FALSE(cluster_[3].status().refused_snapshot);
}

TEST_F(SnapshotTest, ADamagedStreamIsReplacedByANewOne) {
  cluster_.heal();
  cluster_[3].damage_next_install = true;
  cluster_.run(Duration::seconds(5));
  expect_caught_up();
  EXPECT_EQ(cluster_[1].snapshots_built, 2u);
}

TEST_F(SnapshotTest, ATransferSurvivesARestartOfTheReceiver) {
  cluster_.heal();
  std::size_t chunks = 0;
  cluster_.drop = [&](const Message& m) {
    return std::holds_alternative<SnapshotChunk>(m.body) && ++chunks > 5;
  };
  cluster_.run(Duration::seconds(1));
  cluster_.restart(3);
  cluster_.drop = {};
  cluster_.run(Duration::seconds(5));
  expect_caught_up();
}

// The log's reset may be lost although the snapshot is installed; a start must notice.
TEST_F(SnapshotTest, ACrashBetweenInstallationAndResetIsHealedAtStart) {
  cluster_.heal();
  cluster_.slow_disks = {3};
  for (int i = 0; i < 400 && cluster_[3].snapshots_installed == 0; ++i) {
    cluster_.run(Duration::millis(20));
    while (!cluster_[3].writes.empty() && !cluster_[3].writes.front().reset_to) {
      cluster_[3].finish_writes(cluster_.now(), 1);
    }
    if (cluster_[3].finish_snapshot_work(cluster_.now())) break;
  }
  ASSERT_EQ(cluster_[3].snapshots_installed, 1u);
  ASSERT_TRUE(cluster_[3].disk.base.index < LogIndex{20});
  cluster_.restart(3);  // the write of the reset is lost
  EXPECT_EQ(cluster_[3].status().first, LogIndex{cluster_[3].applied.size() + 1});
  cluster_.slow_disks.clear();
  cluster_.run(Duration::seconds(3));
  expect_caught_up();
}

// --- the receiver, step by step

SnapshotMeta meta(std::uint64_t index, std::uint64_t term, std::uint64_t size = 4) {
  return {.last = log_id(index, term),
          .membership = encode(make_config(1, 3).founders),
          .size = size,
          .checksum = 0};
}

SnapshotChunk chunk(const SnapshotMeta& m, std::uint64_t offset, const std::string& data) {
  return {.meta = m, .offset = offset, .crc = crc32c(data), .data = make_payload(data), .round = 0};
}

TEST(Snapshot, ThatIsOldIsAnsweredAsMatched) {
  Solo solo(3, restored(2, {1, 1, 1, 1}));
  solo.receive(
      2, 2, AppendRequest{.prev = log_id(4, 1), .commit = LogIndex{4}, .round = 0, .entries = {}});
  solo.receive(2, 2, chunk(meta(3, 1), 0, "abcd"));
  EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr);
  ASSERT_NE(solo.body<AppendReply>(2), nullptr);
  EXPECT_EQ(solo.body<AppendReply>(2)->match, LogIndex{3});
}

TEST(Snapshot, ADamagedOrImpossibleChunkIsNotStored) {
  Solo solo(3);
  SnapshotChunk bad = chunk(meta(3, 1), 0, "abcd");
  bad.crc ^= 1;
  solo.receive(2, 2, bad);
  EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr);
  solo.receive(2, 2, chunk(meta(3, 1), 1, "abcd"));
  EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr);
  solo.receive(2, 2, chunk(meta(3, 1), 0, "abcd"));
  EXPECT_NE(solo.effect<StoreSnapshotChunk>(), nullptr);
}

// The term at the snapshot's end is the snapshot's own, and the log continues from there.
TEST(Snapshot, ReplacesALogThatContradictsIt) {
  Solo solo(3, restored(5, {1, 1, 1, 1}));
  solo.receive(2, 6, chunk(meta(3, 2), 0, "abcd"));
  solo.step(SnapshotChunkStored{meta(3, 2), 4});
  EXPECT_NE(solo.effect<InstallSnapshot>(), nullptr);
  solo.receive(2, 6, Heartbeat{.commit = LogIndex{1}, .round = 0});
  EXPECT_EQ(solo.effect<Apply>(), nullptr) << "nothing is applied during an installation";
  solo.step(SnapshotInstalled{meta(3, 2)});
  const auto* persist = solo.effect<Persist>();
  ASSERT_NE(persist, nullptr);
  EXPECT_EQ(persist->request.reset_to->id, log_id(3, 2));
  EXPECT_EQ(solo.sent<AppendReply>(2)->after, persist->request.seq);
  EXPECT_EQ(solo.body<AppendReply>(2)->match, LogIndex{3});
  solo.receive(
      2, 6,
      AppendRequest{.prev = log_id(3, 2), .commit = {}, .round = 0, .entries = {entry(4, 6)}});
  EXPECT_TRUE(solo.body<AppendReply>(2)->success);
}

TEST(Snapshot, KeepsTheSuffixOfALogThatContainsIt) {
  Solo solo(3, restored(5, {1, 1, 2, 2}));
  solo.receive(2, 6, chunk(meta(3, 2), 0, "abcd"));
  solo.step(SnapshotChunkStored{meta(3, 2), 4});
  solo.step(SnapshotInstalled{meta(3, 2)});
  EXPECT_EQ(solo.node.log().base(), log_id(3, 2));
  EXPECT_EQ(solo.node.log().last(), LogIndex{4});
  EXPECT_FALSE(solo.effect<Persist>()->request.reset_to);
  EXPECT_EQ(solo.effect<Persist>()->request.compact_to, log_id(3, 2));
}

TEST(Snapshot, NobodyCampaignsInTheMiddleOfAnInstallation) {
  Solo solo(3);
  solo.receive(2, 1, chunk(meta(3, 1), 0, "abcd"));
  solo.step(SnapshotChunkStored{meta(3, 1), 4});
  for (int i = 0; i < 10; ++i) solo.wait(Duration::seconds(1));
  EXPECT_EQ(solo.role(), Role::Follower);
  solo.step(SnapshotInstalled{meta(3, 1)});
  solo.expire();
  EXPECT_EQ(solo.role(), Role::PreCandidate);
}

TEST(Snapshot, IsAskedForAgainLaterWhenItCouldNotBeBuilt) {
  Restored r{.log = {.hard_state = {Term{1}, {}}, .base = log_id(5, 1), .entries = {}},
             .applied = {log_id(5, 1), 77}};
  Solo solo(3, r);
  solo.lead();
  solo.receive(3, 2, AppendReply{.success = false, .match = LogIndex{5}, .hint = {}, .round = 0});
  EXPECT_NE(solo.effect<BuildSnapshot>(), nullptr);
  solo.step(SnapshotFailed{});
  EXPECT_EQ(solo.effect<BuildSnapshot>(), nullptr) << "not at once";
  for (int i = 0; i < 12; ++i) {
    solo.receive(2, 2, HeartbeatReply{.round = 0});
    solo.receive(3, 2, HeartbeatReply{.round = 0});
    solo.wait(Duration::millis(50));
    if (solo.effect<BuildSnapshot>() != nullptr) return;
  }
  FAIL() << "never asked again";
}

// The follower has what was sent, and what it needs next is gone: another snapshot, not the same
// again.
TEST(Snapshot, IsFollowedByAnotherWhenTheLogWasCompactedPastIt) {
  Restored r{.log = {.hard_state = {Term{1}, {}}, .base = log_id(5, 1), .entries = {}},
             .applied = {log_id(5, 1), 77}};
  Solo solo(3, r, small_logs);
  solo.lead();
  solo.receive(3, 2, AppendReply{.success = false, .match = LogIndex{5}, .hint = {}, .round = 0});
  solo.step(SnapshotBuilt{meta(5, 1, 100)});
  ASSERT_NE(solo.effect<SendSnapshotChunk>(), nullptr);
  for (int i = 0; i < 7; ++i) {  // member 3 is away; nothing is held back for it
    solo.receive(2, 2, HeartbeatReply{.round = 0});
    solo.wait(Duration::millis(50));
  }
  for (int i = 0; i < 20; ++i) solo.propose();
  solo.persist();
  solo.acknowledge(2, 26);
  solo.step(StateDurable{LogIndex{26}});
  ASSERT_GT(solo.node.log().base().index, LogIndex{5});
  solo.acknowledge(3, 5);
  EXPECT_NE(solo.effect<BuildSnapshot>(), nullptr);
}

// --- compaction

// Without this it would be sent one snapshot after the other: while it catches up behind one, the
// log that it needs for that would be compacted away.
TEST(Compaction, KeepsWhatAFollowerNeedsToCatchUpUpToALimit) {
  Restored r{.log = {.hard_state = {Term{1}, {}}, .base = log_id(5, 1), .entries = {}},
             .applied = {log_id(5, 1), 77}};
  Solo solo(3, r, small_logs);
  solo.lead();
  solo.persist();
  solo.receive(3, 2, AppendReply{.success = false, .match = LogIndex{5}, .hint = {}, .round = 0});
  solo.step(SnapshotBuilt{meta(5, 1, 16)});
  ASSERT_NE(solo.effect<SendSnapshotChunk>(), nullptr);
  const auto write = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) solo.propose();
    solo.persist();
    const LogIndex last = solo.node.log().last();
    solo.acknowledge(2, last.value);
    ASSERT_EQ(solo.node.status().applied, last);
    solo.step(StateDurable{last});
  };
  write(20);
  EXPECT_EQ(solo.node.log().base().index, LogIndex{5}) << "as long as it is on its way";
  solo.answer(3);
  solo.acknowledge(3, 5);
  write(1);
  EXPECT_EQ(solo.node.log().base().index, LogIndex{5}) << "and behind it";
  solo.acknowledge(3, 12);
  write(1);
  EXPECT_EQ(solo.node.log().base().index, LogIndex{12});
  write(40);
  EXPECT_GT(solo.node.log().base().index, LogIndex{50}) << "not at any price";
}

TEST(Compaction, KeepsTheTrailAndNeverPassesTheStateMachinesDisk) {
  Solo solo(1, {}, small_logs);
  solo.expire();
  solo.persist();
  for (int i = 0; i < 20; ++i) solo.propose();
  solo.persist();
  ASSERT_EQ(solo.node.status().applied, LogIndex{22});
  solo.step(StateDurable{LogIndex{5}});
  EXPECT_EQ(solo.node.log().base().index, LogIndex{5});
  EXPECT_EQ(solo.effect<Persist>()->request.compact_to->index, LogIndex{5});
  solo.step(StateDurable{LogIndex{22}});
  EXPECT_EQ(solo.node.log().base().index, LogIndex{19});
  solo.propose();
  solo.persist();
  solo.step(StateDurable{LogIndex{23}});
  EXPECT_EQ(solo.node.log().base().index, LogIndex{19}) << "within bounds again";
}

TEST(Compaction, GoesByBytesToo) {
  Solo solo(1, {}, [](RaftConfig& c) { c.compact_above_bytes = 10'000; });
  solo.expire();
  solo.persist();
  for (int i = 0; i < 20; ++i) solo.propose(std::string(1000, 'x'));
  solo.persist();
  solo.step(StateDurable{LogIndex{21}});
  EXPECT_LE(solo.node.log().bytes(), 5'000u);
  EXPECT_GE(solo.node.log().size(), 1u);
}

// A state that was lost comes back from a snapshot, and one that ends before the log begins would
// leave a gap.
TEST(AwaitsState, RefusesASnapshotThatEndsBeforeTheLogBegins) {
  Restored start;
  start.log.hard_state.term = Term{1};
  start.log.base = log_id(10, 1);
  Solo solo(3, std::move(start));
  solo.receive(2, 1, chunk(meta(5, 1), 0, "abcd"));
  EXPECT_EQ(solo.effect<StoreSnapshotChunk>(), nullptr);
  const auto* reply = solo.body<SnapshotReply>(2);
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->status, SnapshotStatus::Rejected) << "another one has to be built";
  solo.receive(2, 1, chunk(meta(10, 1), 0, "abcd"));
  EXPECT_NE(solo.effect<StoreSnapshotChunk>(), nullptr);
}

}  // namespace
}  // namespace confman::consensus::test
