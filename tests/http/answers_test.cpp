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
  EXPECT_FALSE(answers.write(request, make_payload("early")));
  answers.start_stream(request, {});
  EXPECT_TRUE(answers.write(request, make_payload("now")));
  answers.finish(request);
  EXPECT_FALSE(answers.write(request, make_payload("late")));
}

// What goes to ten thousand readers is in memory once.
TEST(Answers, ALargeChunkIsSharedAndASmallOneCopied) {
  DateClock dates([] { return 784'111'777; });
  Answers answers(dates);
  const auto request = answers.expect({.method = Method::Get, .request_id = "1"});
  answers.start_stream(request, {});
  answers.sent(answers.unsent().size());
  const Payload small = make_payload(std::string(100, 's'));
  const Payload large = make_payload(std::string(100'000, 'l'));
  answers.write(request, small);
  answers.write(request, large);
  answers.write(request, large);
  answers.write(request, small);
  EXPECT_EQ(small.use_count(), 1);
  EXPECT_EQ(large.use_count(), 3);
  const std::size_t held = answers.bytes_held();
  std::string sent;
  while (!answers.unsent().empty()) {
    const std::string_view piece = answers.unsent().substr(0, 70'000);
    sent += piece;
    answers.sent(piece.size());
    EXPECT_EQ(answers.bytes_held(), held - sent.size());
  }
  const std::string s = "64\r\n" + *small + "\r\n";
  const std::string l = "186a0\r\n" + *large + "\r\n";
  EXPECT_EQ(sent, s + l + l + s);
  EXPECT_EQ(large.use_count(), 1) << "what is sent is kept";
}

TEST(Answers, ALargeChunkThatWaitsForItsTurnIsSharedToo) {
  DateClock dates([] { return 784'111'777; });
  Answers answers(dates);
  const auto first = answers.expect({.method = Method::Get, .request_id = "1"});
  const auto second = answers.expect({.method = Method::Get, .request_id = "2"});
  const Payload large = make_payload(std::string(100'000, 'l'));
  answers.start_stream(second, {});
  answers.write(second, large);
  answers.finish(second);
  EXPECT_GT(answers.bytes_held(), large->size());
  answers.respond(first, Response(204));
  EXPECT_EQ(large.use_count(), 2);
  std::string sent;
  while (!answers.unsent().empty()) {
    sent += answers.unsent();
    answers.sent(answers.unsent().size());
  }
  EXPECT_TRUE(sent.ends_with("186a0\r\n" + *large + "\r\n0\r\n\r\n"));
  EXPECT_EQ(answers.bytes_held(), 0U);
}

}  // namespace

}  // namespace confman::http::test
