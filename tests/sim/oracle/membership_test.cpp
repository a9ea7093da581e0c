#include <gtest/gtest.h>

#include "sim/oracle/feature_level.hpp"
#include "sim/oracle/membership_safety.hpp"
#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

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

}  // namespace
}  // namespace confman::sim
