#include "bench/load/arrival_schedule.hpp"

#include <gtest/gtest.h>

#include "bench/load/prng.hpp"

namespace confman::bench {
namespace {

constexpr std::int64_t kStart = 123'456'789'012'345;

TEST(ArrivalSchedule, SpacesArrivalsEvenly) {
  const ArrivalSchedule schedule(kStart, 1000);
  EXPECT_EQ(schedule.intended(0), kStart);
  EXPECT_EQ(schedule.intended(1), kStart + 1'000'000);
  EXPECT_EQ(schedule.intended(1000), kStart + 1'000'000'000);
}

TEST(ArrivalSchedule, NothingIsDueBeforeTheStart) {
  const ArrivalSchedule schedule(kStart, 1'000'000'000);
  EXPECT_EQ(schedule.due(kStart - 1), 0u);
  EXPECT_EQ(schedule.due(kStart), 1u);
}

// The generator sends arrival n when due() exceeds n and sleeps until intended(n) otherwise: if the
// two disagreed by a nanosecond it would spin or send too early.
TEST(ArrivalSchedule, DueAndIntendedAgreeToTheNanosecond) {
  Prng random(3);
  for (const std::uint64_t rate :
       {1u, 3u, 7u, 999u, 1000u, 34'567u, 999'999'937u, 1'000'000'000u}) {
    const ArrivalSchedule schedule(kStart, rate);
    for (int i = 0; i < 2000; ++i) {
      const std::uint64_t n = i < 1000 ? static_cast<std::uint64_t>(i) : random.below(UINT32_MAX);
      const std::int64_t at = schedule.intended(n);
      EXPECT_GE(schedule.due(at), n + 1) << rate << ' ' << n;
      EXPECT_LE(schedule.due(at - 1), n) << rate << ' ' << n;
    }
  }
}

TEST(ArrivalSchedule, RoundingDoesNotAccumulate) {
  const ArrivalSchedule schedule(0, 3);
  const std::uint64_t a_year = 3ull * 365 * 24 * 3600;
  EXPECT_EQ(schedule.intended(a_year), std::int64_t{365} * 24 * 3600 * 1'000'000'000);
}

TEST(ArrivalSchedule, LateArrivalsStayDue) {
  const ArrivalSchedule schedule(kStart, 10'000);
  EXPECT_EQ(schedule.due(kStart + 2'000'000'000), 20'001u);
}

}  // namespace
}  // namespace confman::bench
