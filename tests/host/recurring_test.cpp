#include "app/confmand/recurring.hpp"

#include <gtest/gtest.h>

namespace confman::host {
namespace {

Time at(std::int64_t s) {
  return Time{} + Duration::seconds(s);
}

TEST(Recurring, ATroubleIsToldOnceItHasLastedAndThenAtItsPace) {
  Recurring trouble(Duration::seconds(2), Duration::seconds(60));
  EXPECT_FALSE(trouble.due(at(0), true));
  EXPECT_FALSE(trouble.due(at(10), false));
  EXPECT_FALSE(trouble.due(at(11), false));
  EXPECT_TRUE(trouble.due(at(12), false));
  EXPECT_FALSE(trouble.due(at(13), false));
  EXPECT_FALSE(trouble.due(at(71), false));
  EXPECT_TRUE(trouble.due(at(72), false));
  EXPECT_EQ(trouble.lasts(at(72)), Duration::seconds(62));
}

TEST(Recurring, ATroubleThatEndsBeforeIsNotTold) {
  Recurring trouble(Duration::seconds(2), Duration::seconds(60));
  EXPECT_FALSE(trouble.due(at(0), false));
  EXPECT_FALSE(trouble.due(at(1), true));
  EXPECT_FALSE(trouble.due(at(2), false));
  EXPECT_FALSE(trouble.due(at(3), false));
  EXPECT_TRUE(trouble.due(at(4), false));
}

}  // namespace
}  // namespace confman::host
