#include <gtest/gtest.h>

#include "domain/base/hash.hpp"
#include "tests/consensus/support/broken.hpp"

// What a damaged log has lost is in no log any more (consensus/raft/recv_repair.cpp).
namespace confman::consensus::test {
namespace {

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

// A damaged follower asks again and again until it is whole.
TEST(RepairBySnapshot, OfALeaderGoesOnWhereItIsHoweverOftenItIsAskedFor) {
  Restored start;
  start.log.hard_state.term = Term{2};
  start.log.base = {kLog[3].index, kLog[3].term};
  start.log.entries = {kLog[4], kLog[5]};
  start.applied = end_of({kLog.begin(), kLog.begin() + 4});
  start.membership = Membership{.members = {node(1), node(2), node(3)}, .outgoing = {}};
  Solo solo(3, start);
  solo.lead({3});
  solo.persist();
  const auto ask = [&] {
    solo.receive(2, solo.term(),
                 RepairRequest{
                     .id = 9, .from = LogIndex{3}, .to = LogIndex{4}, .snapshot = {}, .offset = 0});
    EXPECT_NE(solo.body<RepairReply>(2), nullptr);
    return solo.effect<SendSnapshotChunk>();
  };
  const auto stored = [&](std::uint64_t bytes) {
    solo.receive(2, solo.term(),
                 SnapshotReply{.last = snapshot_at(4).last,
                               .next_offset = bytes,
                               .status = SnapshotStatus::Continue,
                               .round = 0});
    return solo.effect<SendSnapshotChunk>();
  };
  solo.answer(2, Condition::Damaged);
  ask();
  ASSERT_NE(solo.effect<BuildSnapshot>(), nullptr);
  solo.step(SnapshotBuilt{snapshot_at(4)});
  ASSERT_NE(ask(), nullptr);
  ASSERT_NE(stored(1), nullptr);
  EXPECT_EQ(solo.effect<SendSnapshotChunk>()->offset, 1u);
  EXPECT_EQ(ask(), nullptr);
  ASSERT_NE(stored(0), nullptr) << "it has been restarted, and has lost the bytes too";
  EXPECT_EQ(solo.effect<SendSnapshotChunk>()->offset, 0u);
}

TEST(RepairBySnapshot, OfALeaderBeginsAnewOnlyForWhoeverRestartsInTheMiddle) {
  Cluster cluster(3, 0, [](RaftConfig& c) {
    if (c.self.member == MemberId{3}) return;
    c.compact_above_entries = 10;
    c.keep_trailing_entries = 3;
    c.snapshot_chunk_bytes = 16;
  });
  cluster.campaign(1);
  for (int i = 0; i < 30; ++i) {
    cluster.propose(1, "command " + std::to_string(i));
    cluster.settle();
  }
  cluster[3].wipe_state();
  lose(cluster[3].disk, LogIndex{2}, cluster[1].status().last);
  cluster.propose(1, "after");
  cluster.settle();
  int first_chunks = 0;
  std::uint64_t passes = 64;  // no byte behind these
  cluster.drop = [&](const Message& m) {
    const auto* chunk = std::get_if<SnapshotChunk>(&m.body);
    if (!chunk) return false;
    first_chunks += chunk->offset == 0 ? 1 : 0;
    return chunk->offset >= passes;
  };
  cluster[3].start(cluster.now());
  cluster.run(Duration::seconds(3));
  EXPECT_EQ(first_chunks, 1);
  ASSERT_TRUE(cluster[3].status().damage);
  passes = UINT64_MAX;
  cluster.restart(3);
  cluster.run(Duration::seconds(10));
  EXPECT_EQ(first_chunks, 2);
  EXPECT_FALSE(cluster[3].status().damage);
  EXPECT_EQ(cluster.commands(3), cluster.commands(1));
}

// What it brings is committed, and isn't replaced any more: no more than what follows is asked for.
TEST(RepairBySnapshot, IsInstalledWhileALogTakesThePlaceOfWhatIsLost) {
  Broken solo(6, 6);  // has promised 6@2
  solo.receive(2, 2, Heartbeat{});
  solo.ask();
  const std::vector<Entry> leaders(kLog.begin(), kLog.begin() + 5);
  const auto last = log_id(5, 2);
  solo.receive(2, 2, solo.reply(RepairVerdict::Absent, last, true));
  ASSERT_EQ(solo.asked(2)->from, LogIndex{1});
  solo.receive(2, 2, chunk(snapshot_at(3), 0, 0));
  solo.step(SnapshotChunkStored{snapshot_at(3), 2});
  solo.step(SnapshotInstalled{snapshot_at(3)});
  ASSERT_EQ(solo.node.status().commit, LogIndex{3});
  solo.receive(2, 2, solo.has_from_the_start(leaders, 5, true));
  EXPECT_FALSE(solo.whole());
  solo.ask();
  solo.receive(2, 2, solo.reply(RepairVerdict::Absent, last, true));
  ASSERT_EQ(solo.asked(2)->from, LogIndex{4});
  solo.receive(2, 2, solo.has(leaders, 4, 5, true));
  EXPECT_TRUE(solo.whole());
  EXPECT_EQ(terms_of(solo.node.log()), (std::vector<std::uint64_t>{2, 2}));
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

}  // namespace
}  // namespace confman::consensus::test
