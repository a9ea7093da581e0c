#include <gtest/gtest.h>

#include "sim/oracle/full_disk.hpp"
#include "sim/oracle/persist_before_send.hpp"
#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

TEST(FullDisk, TakesNoCommands) {
  PersistRequest request;
  request.append = {log_of({1}).entries.front().entry};
  const auto takes = [&](bool leads, std::uint64_t free_bytes) {
    return violation_of([&] { check_full_disk(0, leads, free_bytes, 100, request); });
  };
  EXPECT_EQ(takes(true, 100), "");
  EXPECT_EQ(takes(true, 99), "full-disk");
  EXPECT_EQ(takes(false, 50), "");
  EXPECT_EQ(takes(false, 49), "full-disk");
  request.append[0].kind = EntryKind::Noop;
  EXPECT_EQ(takes(false, 0), "");
}

Message reply_of(std::uint64_t term, consensus::MessageBody body) {
  return {.group = {},
          .from = {MemberId{1}, 0},
          .to = {MemberId{2}, 0},
          .term = Term{term},
          .body = std::move(body)};
}

TEST(PersistBeforeSend, AVoteIsOnDisk) {
  const Message vote = reply_of(5, consensus::VoteReply{.pre_vote = false, .granted = true});
  LogImage disk;
  disk.hard_state = {Term{5}, MemberId{2}};
  EXPECT_EQ(violation_of([&] { check_persist_before_send(vote, disk, disk); }), "");
  for (const HardState& state :
       {HardState{Term{4}, MemberId{2}}, HardState{Term{5}, {}}, HardState{Term{5}, MemberId{3}}}) {
    disk.hard_state = state;
    EXPECT_EQ(violation_of([&] { check_persist_before_send(vote, disk, disk); }),
              "persist-before-send");
  }
  const Message pre = reply_of(5, consensus::VoteReply{.pre_vote = true, .granted = true});
  EXPECT_EQ(violation_of([&] { check_persist_before_send(pre, disk, disk); }), "")
      << "a pre-vote promises nothing";
}

TEST(PersistBeforeSend, AcknowledgedEntriesAreOnDisk) {
  const Message ack = reply_of(
      2, consensus::AppendReply{.success = true, .match = LogIndex{2}, .hint = {}, .round = 0});
  const LogImage written = log_of({1, 2});
  LogImage shorter = log_of({1});
  shorter.hard_state.term = Term{2};
  LogImage different = log_of({1, 1});
  different.hard_state.term = Term{2};
  LogImage earlier_term = written;
  earlier_term.hard_state.term = Term{1};
  EXPECT_EQ(violation_of([&] { check_persist_before_send(ack, written, written); }), "");
  for (const LogImage& disk : {shorter, different, earlier_term}) {
    EXPECT_EQ(violation_of([&] { check_persist_before_send(ack, written, disk); }),
              "persist-before-send");
  }
}

}  // namespace
}  // namespace confman::sim
