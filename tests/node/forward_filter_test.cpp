#include "app/node/forward_filter.hpp"

#include <gtest/gtest.h>

namespace confman::node {
namespace {

const consensus::NodeId kSender{consensus::MemberId{2}, 20};
constexpr std::uint64_t id(std::uint64_t start, std::uint64_t count) {
  return (start << ForwardFilter::kCounterBits) + count;
}

TEST(ForwardFilter, EachIdPassesOnceInAnyOrder) {
  ForwardFilter filter;
  EXPECT_TRUE(filter.admit(kSender, id(1, 2)));
  EXPECT_TRUE(filter.admit(kSender, id(1, 1)));
  EXPECT_FALSE(filter.admit(kSender, id(1, 2)));
  EXPECT_FALSE(filter.admit(kSender, id(1, 1)));
}

TEST(ForwardFilter, SendersAreKeptApart) {
  ForwardFilter filter;
  EXPECT_TRUE(filter.admit(kSender, id(1, 1)));
  EXPECT_TRUE(filter.admit({consensus::MemberId{3}, 30}, id(1, 1)));
}

TEST(ForwardFilter, AfterARestartTheFormerSelfIsNotHeardAnyMore) {
  ForwardFilter filter;
  EXPECT_TRUE(filter.admit(kSender, id(1, 5)));
  EXPECT_TRUE(filter.admit(kSender, id(2, 1)));
  EXPECT_FALSE(filter.admit(kSender, id(1, 6)));
}

TEST(ForwardFilter, AnotherDiskOfTheSameMemberBeginsAnew) {
  ForwardFilter filter;
  EXPECT_TRUE(filter.admit(kSender, id(7, 1)));
  const consensus::NodeId wiped{kSender.member, kSender.incarnation + 1};
  EXPECT_TRUE(filter.admit(wiped, id(1, 1)));
  EXPECT_FALSE(filter.admit(kSender, id(7, 1)));
}

TEST(ForwardFilter, OfTooManySendersTheOneThatWasSilentForLongestIsForgotten) {
  ForwardFilter filter;
  const auto sender = [](std::uint64_t incarnation) {
    return consensus::NodeId{consensus::MemberId{2}, incarnation};
  };
  for (std::uint64_t i = 1; i <= ForwardFilter::kMaxSenders; ++i) {
    ASSERT_TRUE(filter.admit(sender(i), id(1, 1)));
  }
  ASSERT_TRUE(filter.admit(sender(1), id(1, 2)));
  ASSERT_TRUE(filter.admit(sender(1000), id(1, 1)));
  EXPECT_FALSE(filter.admit(sender(1), id(1, 1)));
  EXPECT_TRUE(filter.admit(sender(2), id(1, 1)));
}

TEST(ForwardFilter, WhatIsOlderThanTheWindowCountsAsSeen) {
  ForwardFilter filter;
  for (std::uint64_t i = 2; i < ForwardFilter::kWindow + 10; ++i) {
    ASSERT_TRUE(filter.admit(kSender, id(1, i)));
  }
  EXPECT_FALSE(filter.admit(kSender, id(1, 1)));
  EXPECT_FALSE(filter.admit(kSender, id(1, 2)));
  EXPECT_FALSE(filter.admit(kSender, id(1, ForwardFilter::kWindow)));
}

}  // namespace
}  // namespace confman::node
