#include "sim/oracle/log_time.hpp"

#include <gtest/gtest.h>

#include "domain/apply/apply.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/state/memory_store.hpp"
#include "sim/world/sim_clock.hpp"
#include "tests/sim/oracle/support.hpp"

namespace confman::sim {
namespace {

constexpr LogTime::Limits kLimits{.bound = Duration::millis(500),
                                  .round_trip = Duration::millis(600)};
constexpr std::int64_t kSlack = 500 + 300 + 1;
constexpr SimTime kAt = 7'000'000;

HlcStamp ahead_by(std::int64_t ms) {
  return {SimClock::kWallOriginMs + kAt / 1000 + ms, 0};
}

class OfLogTime : public ::testing::Test {
 protected:
  std::string stamped(HlcStamp stamp, bool common = true, bool knows = true) {
    return violation_of([&] { oracle_.stamped(0, kAt, common, stamp, [&] { return knows; }); });
  }
  void clock(bool right, std::int64_t ahead_ms, std::int64_t gained_us = 0) {
    SimClock clock;
    clock.jump(0, gained_us);
    clock.set_wall_offset(0, ahead_ms - gained_us / 1000, false);
    oracle_.clock(kAt, right, clock.now(kAt));
  }
  Entry level(std::uint64_t index, std::uint64_t level) {
    Bytes payload;
    ByteWriter(payload).varint(level);
    return {LogIndex{index}, Term{1}, EntryKind::FeatureLevel, make_payload(std::move(payload))};
  }
  std::string applied(std::uint64_t index, HlcStamp last, std::uint64_t outcomes = 0) {
    const Entry entry{LogIndex{index}, Term{1}, EntryKind::Command, make_payload("")};
    domain::MetaRow meta;
    meta.last_stamp = last;
    meta.outcomes = outcomes;
    return violation_of([&] { oracle_.applied(entry, meta); });
  }

  LogTime oracle_{kLimits};
};

TEST_F(OfLogTime, NoStampIsFurtherAheadThanTheRightClocks) {
  EXPECT_EQ(stamped(ahead_by(kSlack)), "");
  EXPECT_EQ(stamped(ahead_by(kSlack + 1)), "log-time");
}

TEST_F(OfLogTime, AClockThatIsRightCountsAndOneThatIsNotDoesNot) {
  clock(false, 1'000'000);
  EXPECT_EQ(stamped(ahead_by(1'000'000)), "log-time");
  OfLogTime::oracle_ = LogTime(kLimits);
  clock(true, 1'000'000);
  EXPECT_EQ(stamped(ahead_by(1'000'000 + kSlack)), "");
  EXPECT_EQ(stamped(ahead_by(1'000'000 + kSlack + 1)), "log-time");
}

TEST_F(OfLogTime, WhatWasStampedBelowTheLevelMayBeGoneOnFrom) {
  EXPECT_EQ(stamped(ahead_by(1'000'000), false), "");
  EXPECT_EQ(stamped(ahead_by(1'000'000 + kSlack)), "");
  EXPECT_EQ(stamped(ahead_by(1'000'000 + kSlack + 1)), "log-time");
}

TEST_F(OfLogTime, WhatMonotonicClocksGainIsAllowed) {
  clock(false, 0, 2'000'000);
  EXPECT_EQ(stamped(ahead_by(2 * 2000 + kSlack)), "");
  EXPECT_EQ(stamped(ahead_by(2 * 2000 + kSlack + 1)), "log-time");
}

TEST_F(OfLogTime, NoStampIsFurtherBehindWhereAMajorityAnswers) {
  EXPECT_EQ(stamped(ahead_by(-kSlack)), "");
  EXPECT_EQ(stamped(ahead_by(-kSlack - 1)), "log-time");
  EXPECT_EQ(stamped(ahead_by(-kSlack - 1), true, false), "");
  EXPECT_EQ(stamped(ahead_by(-kSlack - 1), false), "");
}

TEST_F(OfLogTime, AppliedStampsIncreaseFromTheirLevelOn) {
  EXPECT_EQ(applied(1, {10, 0}), "");
  EXPECT_EQ(applied(2, {10, 0}), "") << "the level isn't raised yet";
  domain::MetaRow meta;
  meta.last_stamp = {10, 0};
  oracle_.applied(level(3, kStrictStamps), meta);
  EXPECT_EQ(applied(4, {10, 1}), "");
  EXPECT_EQ(applied(5, {10, 1}), "stamps-increase");
  EXPECT_EQ(applied(6, {9, 9}), "stamps-increase");
}

TEST_F(OfLogTime, NoOutcomeIsForgotten) {
  oracle_.applied(level(1, kCommonTime), {});
  EXPECT_EQ(applied(2, {10, 0}, 1), "");
  EXPECT_EQ(applied(3, {11, 0}, 0), "outcome-lifetime");
}

TEST_F(OfLogTime, ButWhatALeaderStampedThatCouldNotKnowTheTimeMayBe) {
  oracle_.applied(level(1, kCommonTime), {});
  EXPECT_EQ(applied(2, {10, 0}, 1), "");
  EXPECT_EQ(stamped(ahead_by(-kSlack - 1), true, false), "");
  EXPECT_EQ(applied(3, {11, 0}, 0), "");
}

TEST_F(OfLogTime, SoDoThoseOfATrail) {
  domain::MemoryStateStore state;
  domain::initialise(state);
  for (std::uint64_t index = 1; index <= 3; ++index) {
    domain::Command command;
    command.actor.id = "ada";
    command.stamp = {100 - static_cast<std::int64_t>(index), 0};
    command.body = domain::DeleteEntry{.path = "/", .key = "k", .precondition = {}};
    domain::apply(state, {1, index, index}, command, kFirstFeatureLevel);
  }
  const auto trail = [&] { return violation_of([&] { oracle_.check_trail(state); }); };
  EXPECT_EQ(trail(), "") << "from before the level";
  oracle_.applied(level(1, kStrictStamps), {});
  EXPECT_EQ(trail(), "stamps-increase");
}

}  // namespace
}  // namespace confman::sim
