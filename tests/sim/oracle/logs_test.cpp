#include <gtest/gtest.h>

#include "sim/oracle/committed_log.hpp"
#include "sim/oracle/committed_on_quorum.hpp"
#include "sim/oracle/leader_append_only.hpp"
#include "sim/oracle/leader_completeness.hpp"
#include "sim/oracle/log_matching.hpp"
#include "sim/oracle/repair_fidelity.hpp"
#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

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

}  // namespace
}  // namespace confman::sim
