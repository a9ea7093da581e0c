#include "app/node/watch_hub.hpp"

#include <gtest/gtest.h>

namespace confman::node {
namespace {

std::vector<std::uint64_t> ids(const std::vector<WatchHub::Woken>& woken) {
  std::vector<std::uint64_t> result;
  for (const auto& w : woken) result.push_back(w.id.value);
  return result;
}

TEST(WatchHub, AChangeWakesItsNamespaceAndThoseAbove) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/", ""}, 0, 10});
  hub.park(RequestId{2}, {{"/a", ""}, 0, 10});
  hub.park(RequestId{3}, {{"/a/b", ""}, 0, 10});
  hub.park(RequestId{4}, {{"/ab", ""}, 0, 10});
  hub.note(5, "/a", "k");
  EXPECT_EQ(ids(hub.wake()), (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(hub.size(), 2u);
}

TEST(WatchHub, AKeysWatchIsNotWokenByItsNeighbours) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", "k"}, 0, 10});
  hub.note(5, "/a", "other");
  hub.note(6, "/a/k", "k");
  EXPECT_TRUE(hub.wake().empty());
  hub.note(7, "/a", "k");
  EXPECT_EQ(ids(hub.wake()), std::vector<std::uint64_t>{1});
}

TEST(WatchHub, AWatchIsWokenOnceWithItsFirstChange) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", ""}, 0, 10});
  hub.note(5, "/a", "k");
  hub.note(6, "/a", "k");
  const auto woken = hub.wake();
  ASSERT_EQ(woken.size(), 1u);
  EXPECT_EQ(woken[0].first_change, 5u);
  EXPECT_TRUE(hub.wake().empty());
}

TEST(WatchHub, AWatchThatIsAheadSleepsOn) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", ""}, 9, 10});
  hub.note(9, "/a", "k");
  EXPECT_TRUE(hub.wake().empty());
  hub.note(10, "/a", "k");
  EXPECT_EQ(hub.wake().size(), 1u);
}

TEST(WatchHub, WhatIsTakenIsNotWoken) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", ""}, 0, 10});
  hub.park(RequestId{2}, {{"/a", ""}, 0, 10});
  EXPECT_TRUE(hub.take(RequestId{1}).has_value());
  EXPECT_FALSE(hub.take(RequestId{1}).has_value());
  hub.note(5, "/a", "k");
  EXPECT_EQ(ids(hub.wake()), std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace confman::node
