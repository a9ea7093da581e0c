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
