#include "domain/base/hlc.hpp"

#include <gtest/gtest.h>

namespace confman {
namespace {

TEST(HybridClock, FollowsAWallThatGoesOn) {
  HybridClock clock;
  EXPECT_EQ(clock.next({100}), (HlcStamp{100, 0}));
  EXPECT_EQ(clock.next({101}), (HlcStamp{101, 0}));
}

TEST(HybridClock, CountsWhileTheWallStandsOrGoesBack) {
  HybridClock clock;
  clock.next({100});
  EXPECT_EQ(clock.next({100}), (HlcStamp{100, 1}));
  EXPECT_EQ(clock.next({40}), (HlcStamp{100, 2}));
  EXPECT_EQ(clock.next({-5}), (HlcStamp{100, 3}));
  EXPECT_EQ(clock.next({101}), (HlcStamp{101, 0}));
}

TEST(HybridClock, NeverGivesAStampBelowOneItObserved) {
  HybridClock clock;
  clock.next({100});
  clock.observe({500, 7});
  EXPECT_EQ(clock.next({101}), (HlcStamp{500, 8}));
  clock.observe({200, 9});
  EXPECT_EQ(clock.last(), (HlcStamp{500, 8}));
}

TEST(HybridClock, BorrowsAMillisecondWhenTheCounterIsFull) {
  HybridClock clock;
  clock.observe({100, UINT32_MAX});
  EXPECT_EQ(clock.next({100}), (HlcStamp{101, 0}));
  EXPECT_EQ(clock.next({101}), (HlcStamp{101, 1}));
}

TEST(HybridClock, GivesNothingBeforeTheEpoch) {
  HybridClock clock;
  EXPECT_EQ(clock.next({-100}), (HlcStamp{0, 1}));
}

TEST(HybridClockDeathTest, SaysThatItIsExhausted) {
  HybridClock clock;
  clock.observe({INT64_MAX, UINT32_MAX});
  EXPECT_DEATH(clock.next({0}), "no stamp left");
}

}  // namespace
}  // namespace confman
