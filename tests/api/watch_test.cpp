#include <gtest/gtest.h>

#include "tests/api/harness.hpp"

namespace confman::testing {
namespace {

std::vector<std::string> lines_with(const std::string& text, std::string_view prefix) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line.starts_with(prefix)) found.push_back(line.substr(prefix.size()));
    at = end + 1;
  }
  return found;
}

std::vector<std::string> versions(const CapturePtr& stream) {
  std::vector<std::string> found;
  for (const std::string& data : lines_with(stream->events, "data: ")) {
    const auto value = json::parse(data);
    const json::Value* version = value ? value->find("version") : nullptr;
    found.push_back(version != nullptr && version->number() != nullptr ? version->number()->text
                                                                       : data);
  }
  return found;
}

using Versions = std::vector<std::string>;
const Fields kEvents{{"Accept", "text/event-stream"}};

TEST(LongPoll, WaitsForAChangeAndSaysWhereToGoOn) {
  Harness h;
  const std::string before = h.put("/api/v1/config/k", "1")->header("X-Confman-Version");
  const auto poll = h.start("GET", "/api/v1/watch?wait=30s&since=" + before);
  h.settle();
  EXPECT_FALSE(poll->response);
  const std::string revision = h.put("/api/v1/config/k", "2")->header("X-Confman-Version");
  ASSERT_TRUE(poll->response);
  EXPECT_EQ(poll->at("changes/0/type"), "config.updated");
  EXPECT_EQ(poll->at("changes/0/value"), "2");
  EXPECT_EQ(poll->at("changes/0/revision"), revision);
  EXPECT_EQ(poll->at("changes"), "1 items");
  const auto next = h.start("GET", "/api/v1/watch?since=" + poll->at("revision"));
  h.settle();
  EXPECT_FALSE(next->response) << "a change came twice";
}

TEST(LongPoll, AnswersEmptyWhenTheWaitIsOver) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const auto poll = h.get("/api/v1/watch?wait=100ms");
  EXPECT_EQ(poll->status(), 200);
  EXPECT_EQ(poll->at("changes"), "0 items");
  EXPECT_EQ(poll->at("revision"), poll->header("X-Confman-Version"));
}

TEST(LongPoll, SeesOnlyItsScope) {
  Harness h;
  h.put("/api/v1/namespaces/a", "{}");
  const auto poll = h.start("GET", "/api/v1/watch/a?key=k&since=0:0");
  h.put("/api/v1/config/k", "1");
  h.put("/api/v1/config/a/other", "1");
  EXPECT_FALSE(poll->response);
  h.put("/api/v1/config/a/k", "1");
  ASSERT_TRUE(poll->response);
  EXPECT_EQ(poll->at("changes/0/namespace"), "/a");
}

TEST(LongPoll, RefusesWaitsAndPositionsItCannotUse) {
  Harness h;
  for (const char* wait : {"-1", "1000000000000", "1000000000000ms", "2h", "", "30", "61s"}) {
    EXPECT_EQ(h.get("/api/v1/watch?wait=" + std::string(wait))->code(), "bad_wait") << wait;
  }
  EXPECT_EQ(h.get("/api/v1/watch?since=5")->code(), "bad_version_token");
  EXPECT_EQ(h.get("/api/v1/watch", {{"Last-Event-ID", "x"}})->code(), "bad_version_token");
  EXPECT_EQ(h.get("/api/v1/watch?key=a%20%E2%80%AE")->code(), "invalid_key_character");
}

TEST(Stream, StartsWithItsPositionAndTellsEachChangeOnce) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  ASSERT_TRUE(stream->stream);
  EXPECT_EQ(stream->header("Content-Type"), "text/event-stream");
  EXPECT_EQ(stream->header("Cache-Control"), "no-store");
  EXPECT_EQ(lines_with(stream->events, "retry: "), Versions{"1000"});
  EXPECT_EQ(lines_with(stream->events, "id: ").size(), 1U);
  EXPECT_EQ(versions(stream), Versions{});
  // A change before the first chunk has left is not lost.
  h.put("/api/v1/config/k", "2");
  h.drain(stream);
  EXPECT_EQ(versions(stream), Versions{"2"});
  h.drain(stream);
  h.put("/api/v1/config/k", "3");
  EXPECT_EQ(versions(stream), (Versions{"2", "3"}));
}

TEST(Stream, ASlowReaderIsPulledNotPushed) {
  Harness h;
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  const std::size_t asked = h.submitted;
  for (int i = 0; i < 250; ++i) h.put("/api/v1/config/k", std::to_string(i));
  EXPECT_EQ(h.submitted, asked + 250) << "a watch was asked for while a chunk was on its way";
  EXPECT_EQ(versions(stream).size(), 0U);
  for (const std::size_t expected : {100U, 200U, 250U}) {
    h.drain(stream);
    EXPECT_EQ(versions(stream).size(), expected);
  }
  EXPECT_EQ(versions(stream).back(), "250");
}

TEST(Stream, ResumesBehindTheLastEventId) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const std::string seen = h.put("/api/v1/config/k", "2")->header("X-Confman-Version");
  h.put("/api/v1/config/k", "3");
  h.put("/api/v1/config/k", "4");
  const Fields by_header{{"Accept", "text/event-stream"}, {"Last-Event-ID", seen}};
  // The header wins over the query, as a browser that reconnects needs it.
  const auto resumed = h.start("GET", "/api/v1/watch?lastEventId=0:0", by_header);
  h.settle();
  EXPECT_EQ(versions(resumed), (Versions{"3", "4"}));
  const auto by_query = h.start("GET", "/api/v1/watch?lastEventId=" + seen, kEvents);
  h.settle();
  EXPECT_EQ(versions(by_query), (Versions{"3", "4"}));
}

TEST(Stream, HeartbeatsMoveThePositionOn) {
  Harness h;
  h.put("/api/v1/namespaces/a", "{}");
  const auto stream = h.start("GET", "/api/v1/watch/a", kEvents);
  h.settle();
  h.drain(stream);
  const std::string elsewhere = h.put("/api/v1/config/k", "1")->header("X-Confman-Version");
  EXPECT_EQ(lines_with(stream->events, ": heartbeat").size(), 1U);
  h.pass(Duration::seconds(16));
  EXPECT_EQ(lines_with(stream->events, ": heartbeat").size(), 2U);
  EXPECT_EQ(lines_with(stream->events, "id: ").back(), elsewhere);
}

TEST(Stream, LineBreaksInValuesKeepTheFraming) {
  Harness h;
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  h.drain(stream);
  h.put("/api/v1/config/k", "{\r\n\"a\":\r1\n}");
  const auto lines = lines_with(stream->events, "data: ");
  ASSERT_EQ(lines.size(), 4U) << stream->events;
  const auto whole = json::parse(lines[0] + "\n" + lines[1] + "\n" + lines[2] + "\n" + lines[3]);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->find("value")->find("a")->number()->text, "1");
}

TEST(Stream, AReaderThatLeavesIsForgotten) {
  Harness h;
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  h.drain(stream);
  EXPECT_EQ(h.api().open_requests(), 1U);
  stream->callbacks.on_gone();
  EXPECT_EQ(h.api().open_requests(), 0U);
  EXPECT_EQ(h.cancelled.size(), 1U);
  h.put("/api/v1/config/k", "1");
  EXPECT_EQ(versions(stream), Versions{});
  stream->callbacks.on_drained();  // too late, and harmless
  EXPECT_EQ(h.api().open_requests(), 0U);
}

TEST(Stream, DrainedTwiceAsksOnce) {
  Harness h;
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  h.drain(stream);
  const std::size_t asked = h.submitted;
  h.drain(stream);
  EXPECT_EQ(h.submitted, asked);
  h.put("/api/v1/config/k", "1");
  EXPECT_EQ(versions(stream), Versions{"1"});
}

TEST(Stream, LateCallbacksDontReachWhoeverCameNext) {
  Harness h;
  const auto gone = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  gone->callbacks.on_gone();
  const auto next = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  const std::size_t asked = h.submitted;
  gone->callbacks.on_gone();
  gone->callbacks.on_drained();
  EXPECT_EQ(h.submitted, asked);
  EXPECT_EQ(h.api().open_requests(), 1U);
  h.drain(next);
  h.put("/api/v1/config/k", "1");
  EXPECT_EQ(versions(next), Versions{"1"});
  EXPECT_EQ(versions(gone), Versions{});
}

TEST(Stream, ChangesOfOneTurnReachTheirOwnWatchers) {
  Harness h;
  std::vector<CapturePtr> streams;
  for (const char* name : {"a", "b"}) {
    h.put("/api/v1/namespaces/" + std::string(name), "{}");
    for (int i = 0; i < 2; ++i) {
      streams.push_back(h.start("GET", "/api/v1/watch/" + std::string(name), kEvents));
      h.settle();
      h.drain(streams.back());
    }
  }
  h.start("PUT", "/api/v1/config/a/k", {{"Content-Type", "application/json"}}, "\"for a\"");
  h.start("PUT", "/api/v1/config/b/k", {{"Content-Type", "application/json"}}, "\"for b\"");
  h.settle();
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const auto lines = lines_with(streams[i]->events, "data: ");
    ASSERT_EQ(lines.size(), 1U) << i;
    EXPECT_NE(lines[0].find(i < 2 ? "for a" : "for b"), std::string::npos) << lines[0];
  }
}

TEST(Stream, EndsWithAReasonWhenTheNodeShutsDown) {
  Harness h;
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  h.node().begin_shutdown();
  h.drain(stream);
  EXPECT_TRUE(stream->finished);
  EXPECT_EQ(lines_with(stream->events, "data: "),
            Versions{R"({"type":"closing","reason":"shutting_down"})"});
  const auto late = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  EXPECT_FALSE(late->stream);
  EXPECT_EQ(late->status(), 503);
  EXPECT_EQ(late->code(), "shutting_down");
}

}  // namespace
}  // namespace confman::testing
