#include "sim/oracle/leader_remembers.hpp"

#include <gtest/gtest.h>

#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

// A leader, node 1, and what node 2 has told it of its log of ten entries.
class LeaderRemembersTest : public testing::Test {
 protected:
  static Message message(std::uint64_t from, std::uint64_t to, MessageBody body) {
    return {.group = {},
            .from = node_id(from),
            .to = node_id(to),
            .term = Term{3},
            .body = std::move(body)};
  }
  static NodeId node_id(std::uint64_t member) { return {MemberId{member}, 1}; }
  void hears(MessageBody body) {
    oracle_.reads(message(2, 1, std::move(body)), Term{3}, LogIndex{10});
  }
  void hears_match(std::uint64_t match) {
    AppendReply reply;
    reply.success = true;
    reply.match = LogIndex{match};
    hears(reply);
  }
  void hears_loss_from(std::uint64_t first) {
    hears(RepairRequest{
        .id = 9, .from = LogIndex{first}, .to = LogIndex{first}, .snapshot = {}, .offset = 0});
  }
  std::string says(MessageBody body) {
    return violation_of([&] { oracle_.sends(message(1, 2, std::move(body))); });
  }
  std::string appends_behind(std::uint64_t prev) {
    AppendRequest request;
    request.prev = {LogIndex{prev}, Term{3}};
    return says(request);
  }
  std::string sends_chunk(std::uint64_t offset) {
    SnapshotChunk chunk;
    chunk.meta.last = kLast;
    chunk.offset = offset;
    return says(chunk);
  }
  void hears_of_snapshot(SnapshotStatus status, std::uint64_t next) {
    hears(SnapshotReply{.last = kLast, .next_offset = next, .status = status, .round = 0});
  }

  static constexpr LogId kLast{LogIndex{7}, Term{2}};
  LeaderRemembers oracle_;
};

TEST_F(LeaderRemembersTest, WhatAFollowerHoldsIsNotSentAgain) {
  hears_match(6);
  EXPECT_EQ(appends_behind(6), "");
  EXPECT_EQ(appends_behind(5), "leader-remembers");
  EXPECT_EQ(says(Heartbeat{.commit = {}, .match = LogIndex{6}, .round = 0}), "");
  EXPECT_EQ(says(Heartbeat{.commit = {}, .match = LogIndex{5}, .round = 0}), "leader-remembers");
}

TEST_F(LeaderRemembersTest, AnOvertakenAnswerTakesNothingBack) {
  hears_match(6);
  hears_match(4);
  EXPECT_EQ(appends_behind(4), "leader-remembers");
}

TEST_F(LeaderRemembersTest, WhatIsLostIsSentAgain) {
  hears_match(6);
  hears_loss_from(3);
  EXPECT_EQ(appends_behind(2), "");
  EXPECT_EQ(appends_behind(1), "leader-remembers");
}

TEST_F(LeaderRemembersTest, WhoeverIsNamedAnewBeginsAfresh) {
  hears_match(6);
  oracle_.changes_members(MemberId{1});
  EXPECT_EQ(appends_behind(2), "");
}

TEST_F(LeaderRemembersTest, NobodyHoldsWhatTheLeaderNeverHad) {
  hears_match(11);
  EXPECT_EQ(appends_behind(5), "");
}

TEST_F(LeaderRemembersTest, ATransferGoesOnWhereItIs) {
  EXPECT_EQ(sends_chunk(0), "");
  hears_of_snapshot(SnapshotStatus::Continue, 2048);
  EXPECT_EQ(sends_chunk(2048), "");
  EXPECT_EQ(sends_chunk(0), "leader-remembers");
}

TEST_F(LeaderRemembersTest, ATransferGoesOnWhereItIsForWhoeverLacksEntries) {
  sends_chunk(0);
  hears_of_snapshot(SnapshotStatus::Continue, 2048);
  hears_loss_from(3);
  EXPECT_EQ(sends_chunk(0), "leader-remembers");
}

TEST_F(LeaderRemembersTest, AnotherSnapshotIsSentFromItsStart) {
  sends_chunk(0);
  hears_of_snapshot(SnapshotStatus::Continue, 2048);
  hears_of_snapshot(SnapshotStatus::Rejected, 0);
  EXPECT_EQ(sends_chunk(0), "");
  hears_of_snapshot(SnapshotStatus::Continue, 2048);
  oracle_.has_built(MemberId{1});
  EXPECT_EQ(sends_chunk(0), "");
}

}  // namespace
}  // namespace confman::sim
