#include <gtest/gtest.h>

#include "tests/consensus/support/broken.hpp"

// What is said to a damaged node, and clusters that are whole again
// (consensus/raft/recv_repair.cpp).
namespace confman::consensus::test {
namespace {

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
