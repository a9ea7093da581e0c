#include "app/node/watch_hub.hpp"

#include <gtest/gtest.h>
#include <map>

namespace confman::node {
namespace {

constexpr std::size_t kAll = 1000;

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
  EXPECT_EQ(ids(hub.wake(kAll)), (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(hub.size(), 2u);
}

// Otherwise the first few would be woken for ever, and the others never.
TEST(WatchHub, WhoIsParkedAgainIsNotWokenAgainForTheSame) {
  WatchHub hub;
  for (std::uint64_t id = 1; id <= 3; ++id) hub.park(RequestId{id}, {{"/a", ""}, 0, 10});
  hub.note_everything();
  std::vector<std::uint64_t> all;
  for (int turn = 0; turn < 5; ++turn) {
    for (auto& woken : hub.wake(1)) {
      all.push_back(woken.id.value);
      hub.park(woken.id, {{"/a", ""}, 9, 10});
    }
  }
  EXPECT_EQ(all, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_FALSE(hub.waking());
}

TEST(WatchHub, AKeysWatchIsNotWokenByItsNeighbours) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", "k"}, 0, 10});
  hub.note(5, "/a", "other");
  hub.note(6, "/a/k", "k");
  EXPECT_TRUE(hub.wake(kAll).empty());
  hub.note(7, "/a", "k");
  EXPECT_EQ(ids(hub.wake(kAll)), std::vector<std::uint64_t>{1});
}

TEST(WatchHub, AWatchIsWokenOnceWithItsFirstChange) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", ""}, 0, 10});
  hub.note(5, "/a", "k");
  hub.note(6, "/a", "k");
  const auto woken = hub.wake(kAll);
  ASSERT_EQ(woken.size(), 1u);
  EXPECT_EQ(woken[0].first_change, 5u);
  EXPECT_TRUE(hub.wake(kAll).empty());
}

TEST(WatchHub, AWatchThatIsAheadSleepsOn) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", ""}, 9, 10});
  hub.note(9, "/a", "k");
  EXPECT_TRUE(hub.wake(kAll).empty());
  hub.note(10, "/a", "k");
  EXPECT_EQ(hub.wake(kAll).size(), 1u);
}

TEST(WatchHub, WhatIsTakenIsNotWoken) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/a", ""}, 0, 10});
  hub.park(RequestId{2}, {{"/a", ""}, 0, 10});
  EXPECT_TRUE(hub.take(RequestId{1}).has_value());
  EXPECT_FALSE(hub.take(RequestId{1}).has_value());
  hub.note(5, "/a", "k");
  EXPECT_EQ(ids(hub.wake(kAll)), std::vector<std::uint64_t>{2});
}

TEST(WatchHub, ManyAreWokenInStepsEachOnceAndWithItsFirstChange) {
  for (const std::size_t steps : {1, 2, 3, 7}) {
    WatchHub hub;
    for (std::uint64_t i = 1; i <= 20; ++i) {
      hub.park(RequestId{i}, {{i % 2 == 0 ? "/a" : "/", i % 3 == 0 ? "k" : ""}, i % 5, 10});
    }
    hub.note(3, "/a", "k");
    hub.note(4, "/a", "other");
    std::map<std::uint64_t, std::uint64_t> first;
    for (int turn = 0; hub.waking(); ++turn) {
      ASSERT_LT(turn, 1000);
      EXPECT_LE(hub.told_through(4), hub.size() == 20 ? 2U : 3U);
      const auto woken = hub.wake(steps);
      EXPECT_LE(woken.size(), steps);
      for (const auto& w : woken) EXPECT_TRUE(first.emplace(w.id.value, w.first_change).second);
    }
    EXPECT_EQ(hub.told_through(4), 4U);
    for (std::uint64_t i = 1; i <= 20; ++i) {
      const bool of_key = i % 3 == 0;
      const bool covers_first = of_key ? i % 2 == 0 : true;  // "/" with a key has its own key only
      const std::uint64_t after = i % 5;
      if (covers_first && after < 3) {
        EXPECT_EQ(first[i], 3U) << i;
      } else if (!of_key && after < 4) {
        EXPECT_EQ(first[i], 4U) << i;
      } else {
        EXPECT_FALSE(first.contains(i)) << i;
      }
    }
  }
}

TEST(WatchHub, WhatIsParkedWhileOthersAreWokenIsNotWokenByOldNews) {
  WatchHub hub;
  for (std::uint64_t i = 1; i <= 5; ++i) hub.park(RequestId{i}, {{"/a", ""}, 0, 10});
  hub.note(3, "/a", "k");
  EXPECT_EQ(hub.wake(4).size(), 3u);  // one step was the scope of the key
  hub.park(RequestId{6}, {{"/a", ""}, 3, 10});
  EXPECT_EQ(ids(hub.wake(kAll)), (std::vector<std::uint64_t>{4, 5}));
  EXPECT_EQ(hub.size(), 1u);
}

TEST(WatchHub, WhenTheStateWasReplacedAllThatWereParkedAreWoken) {
  WatchHub hub;
  for (std::uint64_t i = 1; i <= 5; ++i) hub.park(RequestId{i}, {{"/a", "k"}, i, 10});
  hub.note(9, "/b", "x");
  hub.note_everything();
  EXPECT_EQ(hub.told_through(20), 0u);
  EXPECT_EQ(ids(hub.wake(2)), (std::vector<std::uint64_t>{1, 2}));
  hub.park(RequestId{6}, {{"/a", "k"}, 20, 10});
  const auto rest = hub.wake(kAll);
  EXPECT_EQ(ids(rest), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_EQ(rest[0].first_change, 4u);
  EXPECT_FALSE(hub.waking());
  EXPECT_EQ(hub.size(), 1u);
}

TEST(WatchHub, MoreChangesThanItKeepsWakeEverybody) {
  WatchHub hub;
  hub.park(RequestId{1}, {{"/elsewhere", ""}, 0, 10});
  for (std::uint64_t i = 1; i <= 20'000; ++i) hub.note(i, "/a", "k");
  EXPECT_EQ(ids(hub.wake(kAll)), std::vector<std::uint64_t>{1});
}

}  // namespace
}  // namespace confman::node
