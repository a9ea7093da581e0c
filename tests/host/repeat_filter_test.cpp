#include "adapters/log/repeat_filter.hpp"

#include <gtest/gtest.h>

namespace confman::log {
namespace {

constexpr Time at(std::int64_t seconds) {
  return Time{} + Duration::seconds(seconds);
}

TEST(RepeatFilter, TheFirstOfAKindIsToldAndThenOnlyHowManyWereLeftOut) {
  RepeatFilter filter;
  EXPECT_EQ(filter.tell(at(0), "a"), 0U);
  for (int i = 0; i < 59; ++i) EXPECT_EQ(filter.tell(at(i), "a"), std::nullopt);
  EXPECT_EQ(filter.tell(at(10), "b"), 0U) << "another kind";
  EXPECT_EQ(filter.tell(at(60), "a"), 59U);
  EXPECT_EQ(filter.tell(at(61), "a"), std::nullopt);
  EXPECT_EQ(filter.tell(at(120), "a"), 1U);
}

TEST(RepeatFilter, WhatWasLeftOutIsToldWhenNothingComesAnyMore) {
  RepeatFilter filter;
  filter.tell(at(0), "a");
  filter.tell(at(1), "a");
  filter.tell(at(0), "b");
  EXPECT_TRUE(filter.take_left_out(at(59)).empty());
  const auto left_out = filter.take_left_out(at(60));
  ASSERT_EQ(left_out.size(), 1U);
  EXPECT_EQ(left_out[0].kind, "a");
  EXPECT_EQ(left_out[0].count, 1U);
  EXPECT_TRUE(filter.take_left_out(at(120)).empty());
  EXPECT_EQ(filter.tell(at(61), "a"), 0U);
}

TEST(RepeatFilter, KindsBeyondItsBoundCountAsOneUntilThereIsRoom) {
  RepeatFilter filter;
  for (std::size_t i = 0; i < RepeatFilter::kMaxKinds; ++i) {
    EXPECT_EQ(filter.tell(at(0), "kind " + std::to_string(i)), 0U);
  }
  EXPECT_EQ(filter.tell(at(1), "one more"), 0U);
  EXPECT_EQ(filter.tell(at(1), "and one more"), std::nullopt);
  EXPECT_EQ(filter.tell(at(1), "one more"), std::nullopt);
  EXPECT_EQ(filter.tell(at(60), "and another"), 0U) << "those of before are over";
  const auto left_out = filter.take_left_out(at(62));
  ASSERT_EQ(left_out.size(), 1U);
  EXPECT_EQ(left_out[0].kind, "");
  EXPECT_EQ(left_out[0].count, 2U);
}

}  // namespace
}  // namespace confman::log
