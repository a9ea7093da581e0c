#include "consensus/raft/quorum.hpp"

#include <gtest/gtest.h>

#include "consensus/raft/random.hpp"

namespace confman::consensus {
namespace {

Membership make(std::size_t incoming, std::vector<std::uint64_t> outgoing, std::uint64_t learner) {
  Membership m;
  for (std::uint64_t id = 1; id <= incoming; ++id) {
    m.members.push_back({.id = MemberId{id}, .role = MemberRole::Voter});
  }
  if (learner != 0) m.members.push_back({.id = MemberId{learner}, .role = MemberRole::Learner});
  for (std::uint64_t id : outgoing) m.outgoing.push_back(MemberId{id});
  return m;
}

// By definition: the greatest value that more than half of these have reached.
std::uint64_t slow_reached(const std::vector<MemberId>& voters,
                           const std::vector<std::uint64_t>& values) {
  std::uint64_t best = 0;
  for (MemberId candidate : voters) {
    const std::uint64_t value = values[candidate.value];
    std::size_t count = 0;
    for (MemberId id : voters) count += values[id.value] >= value ? 1 : 0;
    if (count * 2 > voters.size()) best = std::max(best, value);
  }
  return best;
}

TEST(Quorum, AgreesWithTheDefinitionForAllSizesAlsoJoint) {
  Random random(7);
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t incoming = 1 + random.below(7);
    std::vector<std::uint64_t> outgoing;
    for (std::uint64_t id = 1; id <= 9; ++id) {
      if (random.below(3) == 0) outgoing.push_back(id);
    }
    const Membership membership = make(incoming, outgoing, 12);
    std::vector<std::uint64_t> values(13);
    for (std::uint64_t& value : values) value = random.below(5);

    std::uint64_t expected = slow_reached(membership.voters(), values);
    if (!outgoing.empty()) {
      expected = std::min(expected, slow_reached(membership.outgoing, values));
    }
    const Quorum quorum(membership);
    ASSERT_EQ(quorum.reached([&](MemberId id) { return values[id.value]; }), expected);
  }
}

TEST(Quorum, NeedsMoreThanHalf) {
  struct Case {
    std::size_t voters, agreeing;
    bool majority;
  };
  for (const Case& c : {Case{1, 0, false}, Case{1, 1, true}, Case{2, 1, false}, Case{2, 2, true},
                        Case{3, 1, false}, Case{3, 2, true}, Case{4, 2, false}, Case{4, 3, true},
                        Case{5, 2, false}, Case{5, 3, true}}) {
    const Quorum quorum(make(c.voters, {}, 0));
    EXPECT_EQ(quorum.majority([&](MemberId id) { return id.value <= c.agreeing; }), c.majority)
        << c.agreeing << " of " << c.voters;
  }
}

// Raft §6: "Agreement (for elections and entry commitment) requires separate majorities from both
// the old and new configurations."
TEST(Quorum, JointNeedsBothMajorities) {
  const Quorum quorum(make(3, {7, 8, 9}, 0));
  EXPECT_FALSE(quorum.majority([](MemberId id) { return id.value <= 3; }));
  EXPECT_FALSE(quorum.majority([](MemberId id) { return id.value >= 7; }));
  EXPECT_TRUE(quorum.majority([](MemberId id) {
    return id.value == 1 || id.value == 2 || id.value == 8 || id.value == 9;
  }));
}

TEST(VoteTally, CountsEachVoterOnceAndNobodyElse) {
  const Quorum quorum(make(3, {}, 4));
  VoteTally tally;
  tally.record(MemberId{1}, true);
  tally.record(MemberId{1}, true);
  tally.record(MemberId{4}, true);   // a learner
  tally.record(MemberId{99}, true);  // a stranger
  EXPECT_FALSE(tally.won(quorum));
  EXPECT_FALSE(tally.lost(quorum));
  tally.record(MemberId{2}, true);
  EXPECT_TRUE(tally.won(quorum));
}

TEST(VoteTally, FirstWordStands) {
  const Quorum quorum(make(1, {}, 0));
  VoteTally tally;
  tally.record(MemberId{1}, false);
  tally.record(MemberId{1}, true);
  EXPECT_FALSE(tally.won(quorum));
  EXPECT_TRUE(tally.lost(quorum));
}

TEST(VoteTally, IsLostOnceNoMajorityIsPossible) {
  const Quorum quorum(make(4, {}, 0));
  VoteTally tally;
  tally.record(MemberId{1}, false);
  EXPECT_FALSE(tally.lost(quorum));
  tally.record(MemberId{2}, false);
  EXPECT_TRUE(tally.lost(quorum));  // the other two are only half
}

}  // namespace
}  // namespace confman::consensus
