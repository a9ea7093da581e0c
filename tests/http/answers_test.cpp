#include "adapters/http/answers.hpp"

#include <gtest/gtest.h>

namespace confman::http::test {

namespace {

// What is held bounds what a connection may cost, so it must come back to nothing.
TEST(Answers, BytesThatWaitedForTheirTurnAreCountedOnce) {
  DateClock dates([] { return 784'111'777; });
  Answers answers(dates);
  const auto first = answers.expect({.method = Method::Get, .request_id = "1"});
  const auto second = answers.expect({.method = Method::Get, .request_id = "2"});
  Response response;
  response.body = "body";
  answers.respond(second, response);
  EXPECT_TRUE(answers.unsent().empty());
  const std::size_t waiting = answers.bytes_held();
  EXPECT_GT(waiting, 0U);
  answers.respond(first, response);
  EXPECT_EQ(answers.unsent().size(), 2 * waiting);
  EXPECT_EQ(answers.bytes_held(), 2 * waiting);
  answers.sent(answers.unsent().size());
  EXPECT_EQ(answers.bytes_held(), 0U);
}

TEST(Answers, ChunksForWhatIsNoStreamAreNotTaken) {
  DateClock dates([] { return 784'111'777; });
  Answers answers(dates);
  const auto request = answers.expect({.method = Method::Get, .request_id = "1"});
  EXPECT_FALSE(answers.write(request, "early"));
  answers.start_stream(request, {});
  EXPECT_TRUE(answers.write(request, "now"));
  answers.finish(request);
  EXPECT_FALSE(answers.write(request, "late"));
}

}  // namespace

}  // namespace confman::http::test
