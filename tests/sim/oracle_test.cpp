#include <gtest/gtest.h>
#include <string>

#include "domain/apply.hpp"
#include "domain/memory_state_store.hpp"
#include "sim/failure.hpp"
#include "sim/oracle/applied_monotone.hpp"
#include "sim/oracle/audit_complete.hpp"
#include "sim/oracle/bounded_staleness.hpp"
#include "sim/oracle/committed_log.hpp"
#include "sim/oracle/committed_on_quorum.hpp"
#include "sim/oracle/durable_election.hpp"
#include "sim/oracle/election_safety.hpp"
#include "sim/oracle/equal_digests.hpp"
#include "sim/oracle/feature_level.hpp"
#include "sim/oracle/full_disk.hpp"
#include "sim/oracle/handover.hpp"
#include "sim/oracle/leader_append_only.hpp"
#include "sim/oracle/leader_completeness.hpp"
#include "sim/oracle/leader_remembers.hpp"
#include "sim/oracle/log_matching.hpp"
#include "sim/oracle/membership_safety.hpp"
#include "sim/oracle/persist_before_send.hpp"
#include "sim/oracle/repair_fidelity.hpp"

// Each oracle accepts what is in order and finds a forged violation.
namespace confman::sim {
namespace {

using consensus::AppendReply;
using consensus::AppendRequest;
using consensus::Entry;
using consensus::EntryKind;
using consensus::HardState;
using consensus::Heartbeat;
using consensus::LogId;
using consensus::LogIndex;
using consensus::LogPoint;
using consensus::MemberId;
using consensus::MemberRole;
using consensus::Membership;
using consensus::Message;
using consensus::MessageBody;
using consensus::NodeId;
using consensus::PersistRequest;
using consensus::RepairRequest;
using consensus::SnapshotChunk;
using consensus::SnapshotReply;
using consensus::SnapshotStatus;
using consensus::Term;

template <class Act>
std::string violation_of(Act&& act) {
  try {
    act();
  } catch (const RunFailure& failure) {
    EXPECT_EQ(failure.kind, FailureKind::Correctness);
    EXPECT_FALSE(failure.sentence.empty());
    return failure.oracle;
  }
  return "";
}

LogImage log_of(std::initializer_list<std::uint64_t> terms, std::string text = "x") {
  LogImage log;
  std::uint64_t index = 0;
  for (const std::uint64_t term : terms) {
    log.append({LogIndex{++index}, Term{term}, EntryKind::Command, make_payload(text)});
    log.hard_state.term = Term{term};
  }
  return log;
}

CommittedLog::Applied applied_at(const LogImage& log, std::uint64_t index) {
  return {{LogIndex{index}, *log.term_at(index)}, *log.chain_at(index), log.hard_state.term.value};
}

NodeId disk_of(std::uint64_t member) {
  return {MemberId{member}, 10 * member};
}

// Members 1, 2, …, all voters.
struct Cluster {
  Membership membership;
  LogImage empty;

  // Of all members, with nothing on them.
  Disks disks() const {
    Disks all;
    for (const consensus::Member& member : membership.members) {
      all.emplace(NodeId{member.id, member.incarnation}, &empty);
    }
    return all;
  }
};
Cluster cluster_of(std::uint64_t size) {
  Cluster cluster;
  for (std::uint64_t id = 1; id <= size; ++id) {
    cluster.membership.members.push_back({.id = MemberId{id},
                                          .incarnation = disk_of(id).incarnation,
                                          .name = "node" + std::to_string(id),
                                          .peer_address = "host:1",
                                          .api_address = "host:2"});
  }
  return cluster;
}

TEST(ElectionSafety, OneLeaderPerTerm) {
  ElectionSafety oracle;
  EXPECT_TRUE(oracle.leads(0, 1));
  EXPECT_FALSE(oracle.leads(0, 1));
  EXPECT_TRUE(oracle.leads(1, 2));
  EXPECT_EQ(violation_of([&] { oracle.leads(2, 2); }), "election-safety");
}

TEST(DurableElection, AMajorityOfDisksHoldsTheVotes) {
  DurableElection oracle;
  const Cluster cluster = cluster_of(3);
  LogImage voter;
  voter.hard_state = {Term{5}, MemberId{1}};
  LogImage of_another = voter;
  of_another.hard_state.voted_for = MemberId{2};
  LogImage later;
  later.hard_state = {Term{6}, MemberId{3}};
  oracle.voted(disk_of(1), voter.hard_state);
  const auto check = [&](const LogImage& second, const LogImage& third) {
    const Disks disks = {{disk_of(1), &voter}, {disk_of(2), &second}, {disk_of(3), &third}};
    return violation_of([&] { oracle.check(disk_of(1), 5, cluster.membership, disks); });
  };
  LogImage nothing;
  EXPECT_EQ(check(nothing, nothing), "durable-election");
  EXPECT_EQ(check(later, nothing), "") << "it won't vote in this term any more";
  oracle.voted(disk_of(2), of_another.hard_state);
  EXPECT_EQ(check(of_another, nothing), "durable-election");
  oracle.voted(disk_of(3), voter.hard_state);
  EXPECT_EQ(check(of_another, voter), "");
}

TEST(DurableElection, OnlyTheDiskThatIsTheVoterCounts) {
  DurableElection oracle;
  const Cluster cluster = cluster_of(3);
  const HardState vote{Term{5}, MemberId{1}};
  oracle.voted(disk_of(1), vote);
  const NodeId exchanged{MemberId{2}, 99};
  oracle.voted(exchanged, vote);
  const LogImage nothing;
  const Disks disks = {{disk_of(1), &nothing}, {disk_of(2), &nothing}, {exchanged, &nothing}};
  EXPECT_EQ(violation_of([&] { oracle.check(disk_of(1), 5, cluster.membership, disks); }),
            "durable-election");
}

TEST(DurableElection, InTheJointPhaseBothMajoritiesMustAgree) {
  DurableElection oracle;
  Cluster cluster = cluster_of(3);
  cluster.membership.members[2].role = MemberRole::Leaving;
  cluster.membership.outgoing = {MemberId{2}, MemberId{3}};
  const HardState vote{Term{5}, MemberId{1}};
  oracle.voted(disk_of(1), vote);
  oracle.voted(disk_of(2), vote);
  const auto check = [&] {
    return violation_of([&] { oracle.check(disk_of(1), 5, cluster.membership, cluster.disks()); });
  };
  EXPECT_EQ(check(), "durable-election") << "one of two in the outgoing half";
  oracle.voted(disk_of(3), vote);
  EXPECT_EQ(check(), "");
}

TEST(DurableElection, ADiskVotesOnceInATerm) {
  DurableElection oracle;
  oracle.voted(disk_of(1), {Term{5}, MemberId{1}});
  oracle.voted(disk_of(1), {Term{5}, MemberId{1}});
  oracle.voted(disk_of(1), {Term{5}, {}});
  oracle.voted(disk_of(1), {Term{6}, MemberId{2}});
  EXPECT_EQ(violation_of([&] { oracle.voted(disk_of(1), {Term{5}, MemberId{3}}); }), "one-vote");
}

TEST(LogMatching, SameIndexAndTermMeansSameLog) {
  LogMatching oracle;
  const LogImage one = log_of({1, 2});
  for (const ChainedEntry& entry : one.entries) oracle.appended(0, entry);
  for (const ChainedEntry& entry : one.entries) oracle.appended(1, entry);

  const LogImage other_prefix = log_of({2, 2});
  EXPECT_EQ(violation_of([&] {
              for (const ChainedEntry& entry : other_prefix.entries) oracle.appended(2, entry);
            }),
            "log-matching");
  const LogImage other_content = log_of({1}, "y");
  EXPECT_EQ(violation_of([&] { oracle.appended(2, other_content.entries[0]); }), "log-matching");
}

TEST(LogMatching, ALogBeginsBehindWhatSomeLogHeld) {
  LogMatching oracle;
  const LogImage log = log_of({1, 2});
  for (const ChainedEntry& entry : log.entries) oracle.appended(0, entry);
  const auto begin = [&](LogPoint point) {
    return violation_of([&] { oracle.begins_behind(1, point); });
  };
  const std::uint64_t chain = *log.chain_at(2);
  EXPECT_EQ(begin({{LogIndex{2}, Term{2}}, chain}), "");
  EXPECT_EQ(begin({{LogIndex{2}, Term{2}}, chain + 1}), "log-matching");
  EXPECT_EQ(begin({{LogIndex{2}, Term{1}}, chain}), "log-matching");
  EXPECT_EQ(begin({{LogIndex{9}, Term{2}}, chain}), "log-matching");
}

TEST(LeaderAppendOnly, ALeaderDropsNothing) {
  const LogImage log = log_of({1, 3});
  PersistRequest append;
  append.append.push_back({LogIndex{3}, Term{3}, EntryKind::Noop, make_payload({})});
  EXPECT_EQ(violation_of([&] { check_leader_append_only(0, 3, log, append); }), "");

  PersistRequest truncate;
  truncate.truncate_from = LogIndex{2};
  EXPECT_EQ(violation_of([&] { check_leader_append_only(0, 3, log, truncate); }),
            "leader-append-only");
  EXPECT_EQ(violation_of([&] { check_leader_append_only(0, 2, log, truncate); }), "")
      << "it led an earlier term";
  truncate.hard_state = HardState{Term{4}, {}};
  EXPECT_EQ(violation_of([&] { check_leader_append_only(0, 3, log, truncate); }), "")
      << "it goes on to a later term";

  PersistRequest reset;
  reset.reset_to = LogPoint{{LogIndex{9}, Term{3}}, 0};
  EXPECT_EQ(violation_of([&] { check_leader_append_only(0, 3, log, reset); }),
            "leader-append-only");
}

TEST(CommittedLog, EverybodyAppliesTheSame) {
  CommittedLog oracle;
  const LogImage log = log_of({1, 1});
  EXPECT_TRUE(oracle.applied(0, applied_at(log, 1)));
  EXPECT_FALSE(oracle.applied(1, applied_at(log, 1)));
  const LogImage other = log_of({2});
  EXPECT_EQ(violation_of([&] { oracle.applied(2, applied_at(other, 1)); }), "state-machine-safety");
  const LogImage longer = log_of({1, 1, 1});
  EXPECT_EQ(violation_of([&] { oracle.applied(2, applied_at(longer, 3)); }),
            "state-machine-safety");
}

TEST(CommittedLog, NobodyDropsWhatIsCommitted) {
  CommittedLog oracle;
  const LogImage log = log_of({1, 1, 1});
  oracle.applied(0, applied_at(log, 1));
  oracle.applied(0, applied_at(log, 2));

  PersistRequest truncate;
  truncate.truncate_from = LogIndex{3};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, truncate); }), "");
  truncate.truncate_from = LogIndex{2};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, truncate); }),
            "committed-never-changes");
  LogImage earlier = log;
  earlier.hard_state.term = Term{0};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, earlier, truncate); }), "")
      << "a late message of a leader before the commitment";
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log_of({1, 2}), truncate); }), "")
      << "its entry was another one";

  PersistRequest reset;
  reset.reset_to = LogPoint{{LogIndex{1}, Term{1}}, *log.chain_at(1)};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, reset); }), "committed-never-changes");
  reset.reset_to = LogPoint{{LogIndex{2}, Term{1}}, *log.chain_at(2)};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, reset); }), "")
      << "a snapshot covers all that is committed";
}

// A leader may send what the damaged log of a follower has already.
TEST(CommittedLog, WhatIsPutBackIsNotDropped) {
  CommittedLog oracle;
  const LogImage log = log_of({1, 1});
  oracle.applied(0, applied_at(log, 1));
  oracle.applied(0, applied_at(log, 2));
  PersistRequest request;
  request.truncate_from = LogIndex{1};
  request.append = {log.entries[0].entry, log.entries[1].entry};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, request); }), "");
  request.append.pop_back();
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, request); }),
            "committed-never-changes");
}

TEST(CommittedOnQuorum, HalfIsNotEnough) {
  const LogImage with = log_of({1, 1});
  const LogImage without = log_of({1});
  LogImage compacted;
  compacted.base = {LogIndex{7}, Term{1}};
  const Cluster cluster = cluster_of(4);
  const auto committed = [&](const LogImage& third) {
    const Disks disks = {
        {disk_of(1), &with}, {disk_of(2), &with}, {disk_of(3), &third}, {disk_of(4), &without}};
    CommittedOnQuorum oracle;
    return violation_of(
        [&] { oracle.leader_committed(0, 2, *with.chain_at(2), cluster.membership, disks); });
  };
  EXPECT_EQ(committed(compacted), "");
  EXPECT_EQ(committed(without), "committed-on-quorum");
}

TEST(CommittedOnQuorum, LearnersDontCount) {
  const LogImage with = log_of({1});
  const LogImage without;
  Cluster cluster = cluster_of(3);
  const Disks disks = {{disk_of(1), &with}, {disk_of(2), &with}, {disk_of(3), &without}};
  const auto committed = [&] {
    CommittedOnQuorum oracle;
    return violation_of(
        [&] { oracle.leader_committed(0, 1, *with.chain_at(1), cluster.membership, disks); });
  };
  EXPECT_EQ(committed(), "");
  cluster.membership.members[1].role = MemberRole::Learner;
  EXPECT_EQ(committed(), "committed-on-quorum");
}

TEST(CommittedOnQuorum, NobodyAppliesWhatNoLeaderCommitted) {
  const LogImage log = log_of({1, 1});
  const Cluster cluster = cluster_of(1);
  const Disks disks = {{disk_of(1), &log}};
  CommittedOnQuorum oracle;
  oracle.leader_committed(0, 1, *log.chain_at(1), cluster.membership, disks);
  oracle.applied(1, 1);
  EXPECT_EQ(violation_of([&] { oracle.applied(1, 2); }), "committed-on-quorum");
}

// Changes of a cluster of members 1, 2 and 3, led by member 1 in term 2.
class NamedConfigurations : public testing::Test {
 protected:
  void SetUp() override {
    founders_ = cluster_of(3).membership;
    EXPECT_EQ(name(1, founders_), "");
    EXPECT_EQ(name(2, founders_), "") << "the leader's own first entry names it again";
    commit_ = 2;
  }

  // The leader appends it.
  std::string name(std::uint64_t index, const Membership& membership) {
    const Entry entry{LogIndex{index}, Term{2}, EntryKind::Membership,
                      make_payload(encode(consensus::MembershipChange{membership, {}}))};
    const auto term_of = [&](std::uint64_t at) {
      return at == 0 || at >= index ? std::uint64_t{0} : term_of_commit_;
    };
    return violation_of([&] { oracle_.appended(0, 2, commit_, term_of, entry); });
  }
  // Member 3 leaves.
  Membership joint() const {
    Membership next = founders_;
    next.members[2].role = MemberRole::Leaving;
    next.outgoing = {MemberId{1}, MemberId{2}, MemberId{3}};
    return next;
  }
  Membership without_third() const {
    Membership next = founders_;
    next.members.pop_back();
    return next;
  }

  MembershipSafety oracle_;
  Membership founders_;
  std::uint64_t commit_ = 1;
  std::uint64_t term_of_commit_ = 2;
};

TEST_F(NamedConfigurations, ChangeByAJointPhaseAndOneStepAtATime) {
  EXPECT_EQ(name(3, joint()), "");
  commit_ = 3;
  EXPECT_EQ(name(4, without_third()), "");
}

TEST_F(NamedConfigurations, DontChangeVotersAtOnce) {
  EXPECT_EQ(name(3, without_third()), "membership-safety");
}

TEST_F(NamedConfigurations, WaitForTheOneBefore) {
  EXPECT_EQ(name(3, joint()), "");
  EXPECT_EQ(name(4, without_third()), "membership-safety");
}

TEST_F(NamedConfigurations, LeaveTheJointPhaseAsItSaid) {
  EXPECT_EQ(name(3, joint()), "");
  commit_ = 3;
  Membership other = founders_;
  other.members.erase(other.members.begin());
  EXPECT_EQ(name(4, other), "membership-safety");
}

// A disk takes the place of another of the same member only by a change.
TEST_F(NamedConfigurations, NameVotersByTheirDisks) {
  Membership other = founders_;
  other.members[2].incarnation = 99;
  EXPECT_EQ(name(3, other), "membership-safety");
}

// The bug of Raft's single-server changes (2015): a leader must have committed in its own term.
TEST_F(NamedConfigurations, AreOfALeaderThatHasCommitted) {
  term_of_commit_ = 1;
  MembershipSafety& oracle = oracle_ = {};
  const auto term_of = [](std::uint64_t) { return std::uint64_t{1}; };
  const auto append = [&](std::uint64_t term, std::uint64_t index, const Membership& membership) {
    const Entry entry{LogIndex{index}, Term{term}, EntryKind::Membership,
                      make_payload(encode(consensus::MembershipChange{membership, {}}))};
    return violation_of([&] { oracle.appended(0, term, 1, term_of, entry); });
  };
  EXPECT_EQ(append(1, 1, founders_), "");
  EXPECT_EQ(append(2, 2, joint()), "membership-safety");
}

TEST_F(NamedConfigurations, BeginWithTheFounders) {
  oracle_ = {};
  EXPECT_EQ(name(5, founders_), "membership-safety");
}

TEST(RepairFidelity, WhatIsFilledInIsWhatWasThere) {
  const LogImage log = log_of({1, 2});
  PersistRequest request;
  request.fill = {log.entries[1].entry};
  EXPECT_EQ(violation_of([&] { check_repair(0, log, {}, request); }), "");
  request.fill[0].payload = make_payload("y");
  EXPECT_EQ(violation_of([&] { check_repair(0, log, {}, request); }), "repair-fidelity");
  request.fill[0].index = LogIndex{3};
  EXPECT_EQ(violation_of([&] { check_repair(0, log, {}, request); }), "repair-fidelity");
}

TEST(Handover, ASuccessorHasEveryCommand) {
  Message message;
  message.from = disk_of(1);
  message.to = disk_of(2);
  message.term = Term{2};
  LogImage leader = log_of({1, 1, 2});
  const auto asks = [&](const LogImage& successor) {
    return violation_of([&] { check_successor(message, leader, successor); });
  };
  EXPECT_EQ(asks(log_of({1, 1, 2})), "");
  EXPECT_EQ(asks(log_of({1, 1})), "handover");
  EXPECT_EQ(asks(log_of({1, 1, 2}, "y")), "handover");
  EXPECT_EQ(asks(log_of({1, 3})), "") << "another leader has replaced what it had acknowledged";
  const LogImage before = leader;
  leader.append({LogIndex{4}, Term{2}, EntryKind::Noop, make_payload({})});
  EXPECT_EQ(asks(before), "") << "what the leader appends by itself may be younger";
}

TEST(Handover, ALeaderIsAVoter) {
  Membership membership = cluster_of(2).membership;
  const auto leads = [&](std::uint64_t commit, bool hands_over = false) {
    consensus::Status status{};
    status.commit = LogIndex{commit};
    status.hands_over = hands_over;
    status.membership_index = LogIndex{5};
    return violation_of([&] { check_leader_is_voter(disk_of(2), status, membership); });
  };
  EXPECT_EQ(leads(5), "");
  membership.members[1].role = MemberRole::Learner;
  EXPECT_EQ(leads(4), "") << "it is needed until that is committed";
  EXPECT_EQ(leads(5), "handover");
  EXPECT_EQ(leads(5, true), "");
}

TEST(FeatureLevel, IsRaisedOnceAllCanApplyIt) {
  Bytes level;
  ByteWriter(level).varint(2);
  const Entry raise{LogIndex{1}, Term{1}, EntryKind::FeatureLevel, make_payload(level)};
  const auto raised = [&](std::uint64_t newest_of_two) {
    return violation_of([&] {
      check_feature_level(0, raise, cluster_of(3).membership,
                          [&](MemberId id) { return id.value == 2 ? newest_of_two : 2; });
    });
  };
  EXPECT_EQ(raised(2), "");
  EXPECT_EQ(raised(1), "feature-level");
}

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
  hears(RepairRequest{});
  EXPECT_EQ(appends_behind(2), "");
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

TEST_F(LeaderRemembersTest, AnotherSnapshotIsSentFromItsStart) {
  sends_chunk(0);
  hears_of_snapshot(SnapshotStatus::Continue, 2048);
  hears_of_snapshot(SnapshotStatus::Rejected, 0);
  EXPECT_EQ(sends_chunk(0), "");
  hears_of_snapshot(SnapshotStatus::Continue, 2048);
  oracle_.has_built(MemberId{1});
  EXPECT_EQ(sends_chunk(0), "");
}

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

TEST(AuditComplete, OneEventForEachDecidedCommand) {
  const auto command = [](std::string idempotency_key) {
    domain::Command made;
    made.idempotency_key = std::move(idempotency_key);
    made.body = domain::DeleteEntry{.path = "/", .key = "k", .precondition = {}};
    return Entry{LogIndex{1}, Term{1}, EntryKind::Command, make_payload(domain::encode(made))};
  };
  const auto left = [](const Entry& entry, std::uint64_t events) {
    return violation_of([&] { AuditComplete().applied(entry, events); });
  };
  EXPECT_EQ(left(command(""), 1), "");
  EXPECT_EQ(left(command(""), 0), "audit-complete");
  EXPECT_EQ(left(command("key"), 0), "") << "a replay";
  EXPECT_EQ(left(command("key"), 2), "audit-complete");
  const Entry noop{LogIndex{1}, Term{1}, EntryKind::Noop, make_payload({})};
  EXPECT_EQ(left(noop, 0), "");
  EXPECT_EQ(left(noop, 1), "audit-complete");
  Entry change = noop;
  change.kind = EntryKind::Membership;
  const Membership members = cluster_of(1).membership;
  change.payload = make_payload(encode(consensus::MembershipChange{members, "somebody"}));
  EXPECT_EQ(left(change, 1), "");
  EXPECT_EQ(left(change, 0), "audit-complete");
  change.payload = make_payload(encode(consensus::MembershipChange{members, {}}));
  EXPECT_EQ(left(change, 0), "") << "a leader acts by itself";
}

TEST(AuditComplete, TheTrailIsAnUnbrokenChain) {
  const auto trail = [](auto&& spoil) {
    domain::MemoryStateStore state;
    domain::initialise(state);
    for (std::uint64_t index = 1; index <= 3; ++index) {
      domain::Command command;
      command.body = domain::DeleteEntry{.path = "/", .key = "k", .precondition = {}};
      domain::apply(state, {1, index, index}, command);
    }
    spoil(state);
    return violation_of([&] { AuditComplete::check_chain(state); });
  };
  const Bytes second = domain::keys::of_audit(2, 0);
  EXPECT_EQ(trail([](auto&) {}), "");
  EXPECT_EQ(trail([&](auto& state) { state.erase(domain::Table::Audit, second); }), "audit-chain");
  EXPECT_EQ(trail([&](auto& state) {
              auto row = *domain::decode_audit_row(*state.get(domain::Table::Audit, second));
              row.key = "another";
              state.put(domain::Table::Audit, second, domain::encode(row));
            }),
            "audit-chain");
  EXPECT_EQ(
      trail([&](auto& state) { state.erase(domain::Table::Audit, domain::keys::of_audit(3, 0)); }),
      "audit-chain")
      << "the head tells of a last event";
}

TEST(LeaderCompleteness, LaterLeadersHaveWhatIsCommitted) {
  LeaderCompleteness oracle;
  const LogImage log = log_of({1, 2, 2});
  oracle.committed(applied_at(log, 1), 2);
  oracle.committed(applied_at(log, 2), 2);
  EXPECT_EQ(violation_of([&] { oracle.elected(0, 3, log); }), "");
  EXPECT_EQ(violation_of([&] { oracle.elected(0, 3, log_of({1})); }), "leader-completeness");
  EXPECT_EQ(violation_of([&] { oracle.elected(0, 3, log_of({1, 1})); }), "leader-completeness");
  EXPECT_EQ(violation_of([&] { oracle.elected(0, 2, log_of({1})); }), "")
      << "not of an earlier term";
  LogImage compacted;
  compacted.base = {LogIndex{5}, Term{2}};
  EXPECT_EQ(violation_of([&] { oracle.elected(0, 3, compacted); }), "");
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

TEST(EqualDigests, OneStatePerIndex) {
  EqualDigests oracle;
  oracle.applied(0, 7, "state");
  oracle.applied(1, 7, "state");
  oracle.applied(1, 8, "other");
  EXPECT_EQ(violation_of([&] { oracle.applied(2, 7, "other"); }), "equal-digests");
}

TEST(AppliedMonotone, OneEntryAtATimeAndNeverBack) {
  AppliedMonotone node(0);
  node.applied(1, 5);
  node.applied(2, 5);
  EXPECT_EQ(violation_of([&] { node.applied(4, 5); }), "applied-monotone") << "a gap";
  EXPECT_EQ(violation_of([&] { node.applied(2, 5); }), "applied-monotone") << "twice";
  node.applied(3, 5);
  EXPECT_EQ(violation_of([&] { node.applied(4, 3); }), "applied-monotone")
      << "not durable in its own log";
  EXPECT_EQ(violation_of([&] { node.installed(2); }), "applied-monotone") << "older snapshot";
  node.flushed(2);
  EXPECT_EQ(violation_of([&] { node.restarted(1); }), "applied-monotone")
      << "lost what was durable";
  node.restarted(2);
  EXPECT_EQ(node.index(), 2U);
  node.installed(9);
  node.applied(10, 10);
}

TEST(BoundedStaleness, AStateIsNotOlderThanSaid) {
  BoundedStaleness oracle;
  oracle.committed(1, 1000);
  oracle.committed(2, 2000);
  oracle.read(0, 2, 9000, 0);
  oracle.read(0, 1, 2500, 500);
  EXPECT_EQ(violation_of([&] { oracle.read(0, 1, 2500, 499); }), "bounded-staleness");
}

}  // namespace
}  // namespace confman::sim
