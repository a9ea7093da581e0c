#include <gtest/gtest.h>

#include "sim/oracle/durable_election.hpp"
#include "sim/oracle/election_safety.hpp"
#include "sim/oracle/handover.hpp"
#include "sim/oracle/lease_exclusive.hpp"
#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

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

TEST(LeaseExclusive, NobodyIsElectedWhileALeaseHolds) {
  consensus::Status status{};
  status.term = Term{4};
  status.lease_end = Time{100};
  const auto elects = [&](std::uint64_t term, std::int64_t now) {
    return violation_of([&] { check_no_lease(0, term, 1, status, Time{now}); });
  };
  EXPECT_EQ(elects(5, 99), "lease-exclusive");
  EXPECT_EQ(elects(5, 100), "");
  EXPECT_EQ(elects(3, 99), "") << "votes of an earlier term came late";
  status.lease_end.reset();
  EXPECT_EQ(elects(5, 99), "");
}

}  // namespace
}  // namespace confman::sim
