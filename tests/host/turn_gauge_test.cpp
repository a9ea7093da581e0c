#include "app/confmand/turn_gauge.hpp"

#include <gtest/gtest.h>

namespace confman::host {
namespace {

constexpr Time at(std::int64_t ms) {
  return Time{} + Duration::millis(ms);
}

// Until the thread has used so much of a processor.
void work(Duration processor) {
  const auto used = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return Duration::seconds(time.tv_sec) + Duration::micros(time.tv_nsec / 1000);
  };
  for (const Duration until = used() + processor; used() < until;) {
  }
}

TEST(TurnGauge, TellsTheLongestTurnSinceTheLastLook) {
  TurnGauge gauge;
  gauge.note(at(0), at(5));
  gauge.note(at(10), at(40));
  EXPECT_EQ(gauge.note(at(50), at(60)).took, Duration::millis(10));
  EXPECT_EQ(gauge.look(at(100)).longest.took, Duration::millis(30));
  gauge.note(at(110), at(112));
  const TurnGauge::Look second = gauge.look(at(150));
  EXPECT_EQ(second.longest.took, Duration::millis(2)) << "each look begins anew";
  EXPECT_EQ(second.since_last, Duration::millis(50));
}

TEST(TurnGauge, WhatATurnHasUsedIsNoMoreThanItLasted) {
  TurnGauge gauge;
  gauge.note(at(0), at(1));
  work(Duration::millis(3));
  const TurnGauge::Turn waited = gauge.note(at(1), at(1'000));
  EXPECT_GE(waited.cpu, Duration::millis(3));
  EXPECT_LT(waited.cpu, waited.took);
  work(Duration::millis(3));
  EXPECT_EQ(gauge.note(at(2'000), at(2'001)).cpu, Duration::millis(1)) << "the rest was before it";
}

TEST(TurnGauge, AShortTurnIsTakenToHaveWorkedAllTheTime) {
  TurnGauge gauge;
  gauge.note(at(0), at(1));
  const Time began = at(1);
  EXPECT_EQ(gauge.note(began, began + Duration::micros(300)).cpu, Duration::micros(300));
  EXPECT_LT(gauge.note(at(2), at(1'000)).cpu, Duration::millis(900)) << "a long one is looked at";
}

// Before the first turn a process has started, which is no turn.
TEST(TurnGauge, TheFirstTurnIsNotChargedWithTheStart) {
  work(Duration::millis(3));
  TurnGauge gauge;
  EXPECT_EQ(gauge.note(at(0), at(1'000)).cpu, Duration{});
}

}  // namespace
}  // namespace confman::host
