#include "adapters/http/date.hpp"

#include <gtest/gtest.h>

namespace confman::http::test {

namespace {

TEST(Date, IsAsTheStandardWritesIt) {
  EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(1'709'251'199), "Thu, 29 Feb 2024 23:59:59 GMT");
  EXPECT_EQ(http_date(-1), http_date(0)) << "a clock that was never set";
  EXPECT_EQ(http_date(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(Date, FollowsItsClockWhereverThatGoes) {
  std::int64_t second = 784'111'777;
  DateClock clock([&] { return second; });
  EXPECT_EQ(clock.now(), "Sun, 06 Nov 1994 08:49:37 GMT");
  second += 1;
  EXPECT_EQ(clock.now(), "Sun, 06 Nov 1994 08:49:38 GMT");
  second -= 3600;
  EXPECT_EQ(clock.now(), "Sun, 06 Nov 1994 07:49:38 GMT");
  DateClock never_set([] { return -1; });
  EXPECT_EQ(never_set.now(), http_date(0));
}

}  // namespace

}  // namespace confman::http::test
