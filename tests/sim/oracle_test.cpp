#include <array>
#include <gtest/gtest.h>
#include <string>

#include "sim/failure.hpp"
#include "sim/oracle/applied_monotone.hpp"
#include "sim/oracle/bounded_staleness.hpp"
#include "sim/oracle/committed_log.hpp"
#include "sim/oracle/committed_on_quorum.hpp"
#include "sim/oracle/durable_election.hpp"
#include "sim/oracle/election_safety.hpp"
#include "sim/oracle/equal_digests.hpp"
#include "sim/oracle/leader_append_only.hpp"
#include "sim/oracle/leader_completeness.hpp"
#include "sim/oracle/log_matching.hpp"
#include "sim/oracle/persist_before_send.hpp"

// Each oracle accepts what is in order and finds a forged violation.
namespace confman::sim {
namespace {

using consensus::Entry;
using consensus::EntryKind;
using consensus::HardState;
using consensus::LogId;
using consensus::LogIndex;
using consensus::MemberId;
using consensus::Message;
using consensus::PersistRequest;
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

TEST(ElectionSafety, OneLeaderPerTerm) {
  ElectionSafety oracle;
  EXPECT_TRUE(oracle.leads(0, 1));
  EXPECT_FALSE(oracle.leads(0, 1));
  EXPECT_TRUE(oracle.leads(1, 2));
  EXPECT_EQ(violation_of([&] { oracle.leads(2, 2); }), "election-safety");
}

TEST(DurableElection, AMajorityOfDisksHoldsTheVotes) {
  LogImage voter;
  voter.hard_state = {Term{5}, MemberId{1}};
  LogImage of_another = voter;
  of_another.hard_state.voted_for = MemberId{2};
  LogImage later;
  later.hard_state = {Term{6}, MemberId{3}};
  LogImage earlier;
  earlier.hard_state = {Term{4}, MemberId{1}};
  const std::array<const LogImage*, 3> enough = {&voter, &earlier, &later};
  const std::array<const LogImage*, 3> too_few = {&voter, &earlier, &of_another};
  EXPECT_EQ(violation_of([&] { check_durable_election(0, 5, enough); }), "");
  EXPECT_EQ(violation_of([&] { check_durable_election(0, 5, too_few); }), "durable-election");
}

TEST(LogMatching, SameIndexAndTermMeansSameLog) {
  LogMatching oracle;
  const LogImage one = log_of({1, 2});
  for (const ChainedEntry& entry : one.entries) oracle.appended(0, entry);
  for (const ChainedEntry& entry : one.entries) oracle.appended(1, entry);
  EXPECT_EQ(oracle.chain_of({LogIndex{2}, Term{2}}), one.chain_at(2));
  EXPECT_EQ(oracle.chain_of({LogIndex{2}, Term{3}}), std::nullopt);

  const LogImage other_prefix = log_of({2, 2});
  EXPECT_EQ(violation_of([&] {
              for (const ChainedEntry& entry : other_prefix.entries) oracle.appended(2, entry);
            }),
            "log-matching");
  const LogImage other_content = log_of({1}, "y");
  EXPECT_EQ(violation_of([&] { oracle.appended(2, other_content.entries[0]); }), "log-matching");
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
  reset.reset_to = LogId{LogIndex{9}, Term{3}};
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
  reset.reset_to = LogId{LogIndex{1}, Term{1}};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, reset); }), "committed-never-changes");
  reset.reset_to = LogId{LogIndex{2}, Term{1}};
  EXPECT_EQ(violation_of([&] { oracle.before_persist(1, log, reset); }), "")
      << "a snapshot covers all that is committed";
}

TEST(CommittedOnQuorum, HalfIsNotEnough) {
  const LogImage with = log_of({1, 1});
  const LogImage without = log_of({1});
  LogImage compacted;
  compacted.base = {LogIndex{7}, Term{1}};
  const std::array<const LogImage*, 4> half = {&with, &with, &without, &without};
  const std::array<const LogImage*, 4> most = {&with, &with, &compacted, &without};
  EXPECT_EQ(violation_of([&] { check_committed_on_quorum(applied_at(with, 2), most); }), "");
  EXPECT_EQ(violation_of([&] { check_committed_on_quorum(applied_at(with, 2), half); }),
            "committed-on-quorum");
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
          .to = MemberId{2},
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
