#pragma once

#include <utility>

#include "consensus/wire.hpp"
#include "tests/golden/samples.hpp"

namespace confman::golden {

inline consensus::Entry entry(std::uint64_t index, std::uint64_t term, consensus::EntryKind kind,
                              Bytes payload) {
  return {consensus::LogIndex{index}, consensus::Term{term}, kind,
          make_payload(std::move(payload))};
}

inline consensus::Membership members() {
  using consensus::MemberId;
  using consensus::MemberRole;
  return {.members = {{MemberId{1}, MemberRole::Voter, 5, "node1", "a:9000", "a:8080"},
                      {MemberId{2}, MemberRole::Learner, 0, "node2", "b:9000", "b:8080"},
                      {MemberId{3}, MemberRole::Leaving, 7, "node3", "c:9000", "c:8080"}},
          .outgoing = {MemberId{1}, MemberId{3}}};
}

// Encoded messages, one of each kind and more where a field excludes another.
inline Named frames() {
  using namespace consensus;  // NOLINT: every name of the wire is used below
  Named named;
  const auto add = [&named](const char* name, MessageBody body, std::uint64_t term = 9) {
    named.emplace_back(name, encode(Message{.group = GroupId{0},
                                            .from = {MemberId{1}, 0xfeedbeef},
                                            .to = {MemberId{2}, 0xbeef},
                                            .term = Term{term},
                                            .body = std::move(body)}));
  };
  const std::vector<Entry> entries = {
      entry(5, 3, EntryKind::Noop, ""), entry(6, 9, EntryKind::Command, "command"),
      entry(7, 9, EntryKind::Membership,
            encode(MembershipChange{.membership = members(), .note = "note"})),
      entry(8, 9, EntryKind::FeatureLevel, "\2")};
  const SnapshotMeta meta{.last = {LogIndex{8}, Term{2}},
                          .chain = 77,
                          .membership = encode(members()),
                          .feature_level = 2,
                          .size = 10,
                          .checksum = 7};
  add("vote-request",
      VoteRequest{.pre_vote = true, .last = {LogIndex{7}, Term{9}}, .transfer = true});
  add("vote-reply", VoteReply{.pre_vote = true, .granted = true});
  add("append-request",
      AppendRequest{
          .prev = {LogIndex{4}, Term{3}}, .commit = LogIndex{4}, .round = 300, .entries = entries});
  add("append-reply", AppendReply{.success = true,
                                  .match = LogIndex{5},
                                  .hint = {LogIndex{4}, Term{2}},
                                  .round = 1,
                                  .condition = Condition::LowSpace});
  add("heartbeat", Heartbeat{.commit = LogIndex{1}, .match = LogIndex{3}, .round = 2});
  add("heartbeat-reply",
      HeartbeatReply{.round = 200, .condition = Condition::Damaged, .feature_level = 2});
  add("read-index-request", ReadIndexRequest{.id = ReadId{UINT64_MAX}});
  add("read-index-reply", ReadIndexReply{.id = ReadId{5}, .ok = true, .index = LogIndex{6}});
  add("snapshot-chunk", SnapshotChunk{.meta = meta,
                                      .offset = 3,
                                      .crc = 99,
                                      .data = make_payload("abcdefg"),
                                      .round = 1,
                                      .repair_id = 6});
  add("snapshot-reply", SnapshotReply{.last = {LogIndex{8}, Term{2}},
                                      .next_offset = 10,
                                      .status = SnapshotStatus::Rejected,
                                      .round = 3});
  add("timeout-now", TimeoutNow{});
  add("introduction",
      Introduction{.wants_answer = true,
                   .founders = {{MemberId{1}, 0}, {MemberId{2}, UINT64_MAX}},
                   .founded = true,
                   .committed = LogIndex{7},
                   .member = true},
      0);
  add("repair-request", RepairRequest{.id = 5,
                                      .from = LogIndex{3},
                                      .to = LogIndex{9},
                                      .snapshot = LogId{LogIndex{8}, Term{2}},
                                      .offset = 4});
  add("repair-reply", RepairReply{.id = 5,
                                  .from = LogIndex{5},
                                  .verdict = RepairVerdict::Entries,
                                  .leads = true,
                                  .whole = true,
                                  .last = {LogIndex{9}, Term{9}},
                                  .membership = encode(members()),
                                  .named_at = LogIndex{7},
                                  .prev = {LogIndex{4}, Term{3}},
                                  .snapshot = {},
                                  .entries = entries});
  named.emplace_back("membership", encode(members()));
  return named;
}

}  // namespace confman::golden
