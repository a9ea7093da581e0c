#include "consensus/wire.hpp"

#include <fstream>
#include <functional>
#include <gtest/gtest.h>

#include "consensus/raft/random.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::consensus {
namespace {

Entry entry(std::uint64_t index, std::uint64_t term, EntryKind kind = EntryKind::Command,
            const char* payload = "x") {
  return {LogIndex{index}, Term{term}, kind, make_payload(payload)};
}

Message message(MessageBody body, std::uint64_t term = 9) {
  return {.group = GroupId{0},
          .from = {MemberId{1}, 0xfeedbeef},
          .to = {MemberId{2}, 0xbeef},
          .term = Term{term},
          .body = std::move(body)};
}

AppendRequest append() {
  return {.prev = {LogIndex{4}, Term{3}},
          .commit = LogIndex{4},
          .round = 300,
          .entries = {entry(5, 3, EntryKind::Noop, ""), entry(6, 9), entry(7, 9)}};
}

SnapshotChunk chunk() {
  return {.meta = {.last = {LogIndex{8}, Term{2}},
                   .membership = encode(Membership{
                       .members = {{MemberId{1}, MemberRole::Voter, 5, "node1", "a:1", "a:2"}},
                       .outgoing = {}}),
                   .feature_level = 2,
                   .size = 10,
                   .checksum = 7},
          .offset = 3,
          .crc = 99,
          .data = make_payload("abcdefg"),
          .round = 1};
}

std::vector<Message> one_of_each() {
  return {
      message(VoteRequest{.pre_vote = true, .last = {LogIndex{7}, Term{9}}, .transfer = true}),
      message(VoteReply{.pre_vote = false, .granted = true}),
      message(append()),
      message(AppendReply{
          .success = false, .match = LogIndex{5}, .hint = {LogIndex{4}, Term{2}}, .round = 1}),
      message(Heartbeat{.commit = LogIndex{1}, .match = LogIndex{3}, .round = 2}),
      message(HeartbeatReply{.round = 200, .condition = Condition::Damaged, .feature_level = 2}),
      message(ReadIndexRequest{.id = ReadId{UINT64_MAX}}),
      message(ReadIndexReply{.id = ReadId{5}, .ok = true, .index = LogIndex{6}}),
      message(chunk()),
      message(SnapshotReply{.last = {LogIndex{8}, Term{2}},
                            .next_offset = 10,
                            .status = SnapshotStatus::Rejected,
                            .round = 3}),
      message(TimeoutNow{}),
      message(Introduction{.wants_answer = true,
                           .founders = {{MemberId{1}, 0}, {MemberId{2}, UINT64_MAX}},
                           .founded = true,
                           .committed = LogIndex{7},
                           .member = true},
              0),
      message(RepairRequest{.id = 5, .from = LogIndex{3}, .to = LogIndex{9}}),
      message(RepairReply{.id = 5,
                          .from = LogIndex{5},
                          .verdict = RepairVerdict::Entries,
                          .leads = true,
                          .prev = {LogIndex{4}, Term{3}},
                          .entries = append().entries})};
}

std::string fault_of(const Message& m) {
  const auto decoded = decode_message(encode(m));
  return decoded ? "" : name_of(decoded.error());
}

TEST(Wire, EveryMessageSurvivesARoundTripInOneEncoding) {
  EXPECT_EQ(one_of_each().size(), std::variant_size_v<MessageBody>);
  for (const Message& m : one_of_each()) {
    const Bytes bytes = encode(m);
    const auto decoded = decode_message(bytes);
    ASSERT_TRUE(decoded) << name_of(m.body) << ": " << name_of(decoded.error());
    EXPECT_EQ(decoded->from, m.from);
    EXPECT_EQ(decoded->term, m.term);
    EXPECT_EQ(decoded->body.index(), m.body.index());
    EXPECT_EQ(encode(*decoded), bytes) << name_of(m.body);
  }
}

RepairReply has_nothing() {
  return {.id = 1,
          .from = LogIndex{2},
          .verdict = RepairVerdict::Absent,
          .leads = false,
          .whole = false,
          .last = {},
          .membership = {},
          .named_at = {},
          .prev = {},
          .snapshot = {},
          .entries = {}};
}

// A body with one field altered: another encoding, and the same again when it has been read.
template <class Body>
void each_field_is_written(Body body,
                           std::initializer_list<std::function<void(Body&)>> alterations) {
  const Bytes plain = encode(message(body));
  int field = 0;
  for (const auto& alter : alterations) {
    ++field;
    Body altered = body;
    alter(altered);
    const Bytes bytes = encode(message(altered));
    EXPECT_NE(bytes, plain) << name_of(MessageBody(body)) << " leaves out its field " << field;
    const auto decoded = decode_message(bytes);
    ASSERT_TRUE(decoded) << name_of(decoded.error()) << ", field " << field;
    EXPECT_EQ(encode(*decoded), bytes) << name_of(MessageBody(body)) << " field " << field;
  }
}

TEST(Wire, NoFieldIsLeftOut) {
  each_field_is_written<AppendReply>(
      {}, {[](auto& b) { b.success = true; }, [](auto& b) { b.match = LogIndex{3}; },
           [](auto& b) { b.hint.index = LogIndex{3}; }, [](auto& b) { b.hint.term = Term{3}; },
           [](auto& b) { b.round = 3; }, [](auto& b) { b.condition = Condition::Stateless; }});
  each_field_is_written<Heartbeat>(
      {}, {[](auto& b) { b.commit = LogIndex{3}; }, [](auto& b) { b.match = LogIndex{3}; },
           [](auto& b) { b.round = 3; }});
  each_field_is_written<HeartbeatReply>(
      {}, {[](auto& b) { b.round = 3; }, [](auto& b) { b.condition = Condition::NoSpace; },
           [](auto& b) { b.feature_level = 3; }});
  each_field_is_written<SnapshotChunk>(
      chunk(),
      {[](auto& b) { b.meta.chain = UINT64_MAX; }, [](auto& b) { b.meta.feature_level = 9; },
       [](auto& b) { b.meta.checksum = 9; }, [](auto& b) { b.crc = 9; },
       [](auto& b) { b.round = 9; }, [](auto& b) { b.repair_id = UINT64_MAX; }});
  each_field_is_written<Introduction>(
      {}, {[](auto& b) { b.wants_answer = true; }, [](auto& b) { b.founders = {{MemberId{1}, 7}}; },
           [](auto& b) { b.founded = true; }, [](auto& b) { b.committed = LogIndex{3}; },
           [](auto& b) { b.member = true; }});
  const RepairRequest request{
      .id = 1, .from = LogIndex{2}, .to = LogIndex{3}, .snapshot = {}, .offset = 0};
  each_field_is_written<RepairRequest>(
      request,
      {[](auto& b) { b.id = UINT64_MAX; }, [](auto& b) { b.from = LogIndex{1}; },
       [](auto& b) { b.to = LogIndex{9}; },
       [](auto& b) { b.snapshot = LogId{LogIndex{3}, Term{2}}; }, [](auto& b) { b.offset = 9; }});
  each_field_is_written<RepairReply>(
      has_nothing(),
      {[](auto& b) { b.id = UINT64_MAX; }, [](auto& b) { b.from = LogIndex{1}; },
       [](auto& b) { b.verdict = RepairVerdict::Damaged; },
       [](auto& b) { b.verdict = RepairVerdict::Compacted; }, [](auto& b) { b.leads = true; },
       [](auto& b) { b.whole = true; }, [](auto& b) { b.last = {LogIndex{3}, Term{2}}; },
       [](auto& b) { b.membership = chunk().meta.membership; },
       [](auto& b) { b.named_at = LogIndex{1}; }, [](auto& b) { b.prev = {LogIndex{1}, Term{1}}; },
       [](auto& b) { b.snapshot = {LogIndex{3}, Term{2}}; },
       [](auto& b) {
         b.verdict = RepairVerdict::Entries;
         b.entries = {entry(2, 1)};
       }});
}

TEST(Wire, RefusesWhatTheNewerMessagesCannotSay) {
  EXPECT_EQ(fault_of(message(HeartbeatReply{
                .round = 0, .condition = static_cast<Condition>(5), .feature_level = 0})),
            "bad_condition");
  const auto introduced = [](std::vector<NodeId> founders) {
    Introduction body;
    body.founders = std::move(founders);
    return fault_of(message(body));
  };
  EXPECT_EQ(introduced({{MemberId{0}, 1}}), "bad_introduction");
  EXPECT_EQ(introduced({{MemberId{2}, 1}, {MemberId{2}, 1}}), "bad_introduction");
  EXPECT_EQ(introduced({{MemberId{2}, 1}, {MemberId{1}, 1}}), "bad_introduction");
  EXPECT_EQ(introduced(std::vector<NodeId>(kMaxMembers + 1)), "bad_introduction");
  const auto asked = [](std::uint64_t from, std::uint64_t to, LogId snapshot = {}) {
    RepairRequest body{
        .id = 1, .from = LogIndex{from}, .to = LogIndex{to}, .snapshot = {}, .offset = 0};
    if (snapshot != LogId{}) body.snapshot = snapshot;
    return fault_of(message(body));
  };
  EXPECT_EQ(asked(1, 1), "");
  EXPECT_EQ(asked(0, 1), "bad_repair");
  EXPECT_EQ(asked(2, 1), "bad_repair");
  EXPECT_EQ(asked(2, UINT64_MAX), "bad_repair");
  EXPECT_EQ(asked(1, 1, {LogIndex{0}, Term{3}}), "bad_repair") << "a term before the first entry";
  const auto replied = [](auto alter) {
    RepairReply body = has_nothing();
    alter(body);
    return fault_of(message(body));
  };
  EXPECT_EQ(replied([](RepairReply& b) { b.from = LogIndex{}; }), "bad_repair");
  EXPECT_EQ(replied([](RepairReply& b) { b.from = LogIndex{UINT64_MAX}; }), "bad_repair");
  EXPECT_EQ(replied([](RepairReply& b) { b.verdict = static_cast<RepairVerdict>(4); }),
            "bad_repair");
  EXPECT_EQ(replied([](RepairReply& b) { b.verdict = RepairVerdict::Entries; }), "bad_repair")
      << "none";
  EXPECT_EQ(replied([](RepairReply& b) { b.entries = {entry(2, 1)}; }), "bad_repair");
  EXPECT_EQ(replied([](RepairReply& b) { b.membership = "x"; }), "bad_repair");
  EXPECT_EQ(replied([](RepairReply& b) { b.last = {LogIndex{1}, Term{}}; }), "bad_repair");
  SnapshotReply status;
  status.status = static_cast<SnapshotStatus>(3);
  EXPECT_EQ(fault_of(message(status)), "bad_snapshot_status");
  AppendRequest a = append();
  a.entries[1].kind = static_cast<EntryKind>(4);
  EXPECT_EQ(fault_of(message(a)), "bad_entry_kind");
  a.entries[1].kind = EntryKind::Membership;
  EXPECT_EQ(fault_of(message(a)), "bad_membership");
  a.entries.clear();
  for (std::uint64_t i = 5; i < 10; ++i) {
    a.entries.push_back(entry(i, 9));
    a.entries.back().payload = make_payload(Bytes(kMaxPayloadBytes, 'x'));
  }
  EXPECT_EQ(fault_of(message(a)), "frame_too_large");
}

TEST(Wire, EveryFaultHasAName) {
  for (int fault = 0; fault <= static_cast<int>(WireFault::BadRepair); ++fault) {
    EXPECT_STRNE(name_of(static_cast<WireFault>(fault)), "unknown") << fault;
  }
}

TEST(Wire, CutAnywhereOrLengthenedItIsNoMessage) {
  for (const Message& m : one_of_each()) {
    const Bytes bytes = encode(m);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_message(ByteView(bytes).substr(0, size)))
          << name_of(m.body) << ' ' << size;
    }
    const auto longer = decode_message(bytes + '\0');
    ASSERT_FALSE(longer);
    EXPECT_STREQ(name_of(longer.error()), "bad_length");
  }
}

TEST(Wire, DamagedBytesAreRefusedOrAreAnotherMessage) {
  Random random(1);
  for (const Message& m : one_of_each()) {
    const Bytes bytes = encode(m);
    for (int i = 0; i < 3000; ++i) {
      Bytes damaged = bytes;
      for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
        damaged[random.below(damaged.size())] = static_cast<char>(random.next());
      }
      const auto decoded = decode_message(damaged);
      EXPECT_TRUE(!decoded || encode(*decoded) == damaged);
    }
  }
}

// The code each kind of bad message gets; the rows are those of the shared list of bad inputs.
std::string code_of_row(const std::string& row) {
  AppendRequest a = append();
  if (row == "R008") {
    Bytes bytes = encode(message(TimeoutNow{}));
    bytes.back() = static_cast<char>(200);
    const std::string high = name_of(decode_message(bytes).error());
    bytes.back() = 0;
    return name_of(decode_message(bytes).error()) == high ? high : "differs";
  }
  if (row == "R022") return fault_of(message(TimeoutNow{}, 0));
  if (row == "R026") {
    return fault_of(message(VoteRequest{.last = {LogIndex{UINT64_MAX}, Term{1}}}));
  }
  if (row == "R032") {
    a.prev = {LogIndex{0}, Term{5}};
    return fault_of(message(a));
  }
  if (row == "R033") {
    a.entries[2].index = LogIndex{8};
    return fault_of(message(a));
  }
  if (row == "R034") {
    a.entries[2].term = Term{10};
    return fault_of(message(a));
  }
  if (row == "R035") {
    a.entries[2].term = Term{8};
    return fault_of(message(a));
  }
  if (row == "R041") {
    // The length of the last entry's payload is the last byte but one.
    Bytes bytes = encode(message(a));
    bytes[bytes.size() - 2] = 9;
    return name_of(decode_message(bytes).error());
  }
  return "not checked here";
}

TEST(Wire, BadMessagesGetTheirCodes) {
  const std::pair<const char*, const char*> rows[] = {{"R008", "unknown_type"},
                                                      {"R022", "bad_term"},
                                                      {"R026", "inconsistent_vote_request"},
                                                      {"R032", "inconsistent_prev"},
                                                      {"R033", "non_contiguous_entries"},
                                                      {"R034", "entry_term_too_high"},
                                                      {"R035", "non_monotonic_terms"},
                                                      {"R041", "bad_entry_length"}};
  for (const auto& [row, code] : rows) EXPECT_EQ(code_of_row(row), code) << row;
}

TEST(Wire, CodesAreThoseOfTheListOfBadInputs) {
  std::ifstream in(test::source_dir() / "tests/data/bad-inputs.jsonl");
  std::size_t checked = 0;
  for (std::string line; std::getline(in, line);) {
    const std::size_t id = line.find("\"id\": \"R");
    if (id == std::string::npos) continue;
    const std::string code = code_of_row(line.substr(id + 7, 4));
    if (code == "not checked here") continue;
    ++checked;
    EXPECT_NE(line.find("\"expected\": \"" + code + "\""), std::string::npos) << line;
  }
  EXPECT_EQ(checked, 8u);
}

TEST(Wire, RefusesWhatIsOutOfBounds) {
  EXPECT_EQ(fault_of({.group = GroupId{0},
                      .from = {},
                      .to = MemberId{1},
                      .term = Term{1},
                      .body = TimeoutNow{}}),
            "bad_member");
  AppendRequest a{.prev = {}, .commit = {}, .round = 0, .entries = {}};
  for (std::size_t i = 1; i <= kMaxAppendEntries + 1; ++i) a.entries.push_back(entry(i, 1));
  EXPECT_EQ(fault_of(message(a)), "too_many_entries");
  a.entries = {entry(1, 1)};
  a.entries[0].payload = make_payload(Bytes(kMaxPayloadBytes + 1, 'x'));
  EXPECT_EQ(fault_of(message(a)), "bad_entry_length");
  SnapshotChunk c = chunk();
  c.offset = 4;  // four and seven are more than ten
  EXPECT_EQ(fault_of(message(c)), "bad_snapshot_chunk");
  c = chunk();
  c.meta.last = {};
  EXPECT_EQ(fault_of(message(c)), "bad_snapshot_meta");
  Bytes other_version = encode(message(TimeoutNow{}));
  other_version[0] = kWireVersion + 1;
  EXPECT_STREQ(name_of(decode_message(other_version).error()), "bad_version");
}

// --- membership

Membership membership() {
  return {.members = {{MemberId{1}, MemberRole::Voter, 11, "node1", "a:1", "a:2"},
                      {MemberId{2}, MemberRole::Leaving, UINT64_MAX, "node2", "b:1", "b:1"},
                      {MemberId{3}, MemberRole::Learner, 0, "node3", "[::1]:65535", "b:2"}},
          .outgoing = {MemberId{1}, MemberId{2}}};
}

TEST(MembershipCodec, RoundTripsAndRefusesTruncation) {
  const Bytes bytes = encode(membership());
  EXPECT_EQ(decode_membership(bytes), membership());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_membership(ByteView(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_membership(bytes + "x"));
}

TEST(MembershipCodec, RefusesWhatNoClusterCanBe) {
  const auto refused = [](auto change) {
    Membership m = membership();
    change(m);
    return !decode_membership(encode(m));
  };
  EXPECT_TRUE(refused([](Membership& m) { m.members[0].role = MemberRole::Learner; }));
  EXPECT_TRUE(refused([](Membership& m) { m.members[1].id = MemberId{1}; }));
  EXPECT_TRUE(refused([](Membership& m) { m.members[0].id = MemberId{0}; }));
  EXPECT_TRUE(refused([](Membership& m) { std::swap(m.members[0], m.members[1]); }));
  EXPECT_TRUE(refused([](Membership& m) { m.outgoing = {MemberId{2}, MemberId{2}}; }));
  EXPECT_TRUE(refused([](Membership& m) { m.outgoing = {MemberId{1}}; })) << "2 leaves what?";
  EXPECT_TRUE(refused([](Membership& m) { m.outgoing = {MemberId{2}, MemberId{4}}; }));
  EXPECT_TRUE(refused([](Membership& m) { m.members.resize(kMaxMembers + 1, m.members[1]); }));
  for (const char* address : {"", "host", ":1", "host:", "host:0", "host:70000", "host:1x"}) {
    EXPECT_TRUE(refused([&](Membership& m) { m.members[0].peer_address = address; })) << address;
  }
}

}  // namespace
}  // namespace confman::consensus
