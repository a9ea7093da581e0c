#include "sim/seed/prng.hpp"

#include <array>
#include <gtest/gtest.h>
#include <set>

namespace confman::sim {
namespace {

// A recorded seed must mean the same run for ever, on every machine.
TEST(Prng, GivesTheRecordedNumbers) {
  Prng prng(42);
  const std::array<std::uint64_t, 4> expected = {0x15780b2e0c2ec716, 0x6104d9866d113a7e,
                                                 0xae17533239e499a1, 0xecb8ad4703b360a1};
  for (const std::uint64_t value : expected) EXPECT_EQ(prng.next(), value);

  Prng labelled(42, "network");
  EXPECT_EQ(labelled.next(), 0x3f81a0593825ea97U);
}

TEST(Prng, StreamsWithOtherLabelsDiffer) {
  EXPECT_NE(Prng(1, "network").next(), Prng(1, "disk").next());
  EXPECT_NE(Prng(1, "network").next(), Prng(2, "network").next());
}

TEST(Prng, BelowStaysBelowAndReachesEverything) {
  Prng prng(7);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(prng.below(10));
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_EQ(*seen.rbegin(), 9U);
}

TEST(Prng, BetweenIncludesBothBounds) {
  Prng prng(7);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(prng.between(-1, 1));
  EXPECT_EQ(seen, (std::set<std::int64_t>{-1, 0, 1}));
}

TEST(Prng, AWeightOfZeroIsNeverDrawn) {
  Prng prng(7);
  const std::array<std::int64_t, 3> weights = {1, 0, 3};
  std::array<int, 3> count{};
  for (int i = 0; i < 4000; ++i) ++count[prng.weighted(weights)];
  EXPECT_EQ(count[1], 0);
  EXPECT_GT(count[2], 2 * count[0]);
}

TEST(Prng, AroundIsPositiveAndHasATail) {
  Prng prng(7);
  std::int64_t greatest = 0;
  std::int64_t sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t drawn = prng.around(100);
    EXPECT_GE(drawn, 1);
    EXPECT_LE(drawn, 701);
    greatest = std::max(greatest, drawn);
    sum += drawn;
  }
  EXPECT_GT(greatest, 500);
  EXPECT_NEAR(static_cast<double>(sum) / 10'000, 106, 5);
}

}  // namespace
}  // namespace confman::sim
