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

// What a client makes of a stream, by the standard.
struct Event {
  std::string name;  // empty: a message
  std::string id;
  std::string data;

  std::string member(std::string_view of) const {
    const auto value = json::parse(data);
    const json::Value* found = value ? value->find(of) : nullptr;
    if (found == nullptr) return {};
    return found->number() != nullptr ? std::string(found->number()->text) : *found->string();
  }
};

std::vector<Event> events_of(const std::string& text) {
  std::vector<Event> found;
  Event event;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line.starts_with("event: ")) event.name = line.substr(7);
    if (line.starts_with("id: ")) event.id = line.substr(4);
    if (line.starts_with("data: ")) event.data += line.substr(6);
    if (line.empty()) {
      if (!event.data.empty()) found.push_back(event);
      event = {};
    }
    at = end + 1;
  }
  return found;
}

std::vector<Event> named(const CapturePtr& stream, std::string_view name) {
  std::vector<Event> found = events_of(stream->events);
  std::erase_if(found, [&](const Event& event) { return event.name != name; });
  return found;
}

std::vector<std::string> versions(const CapturePtr& stream) {
  std::vector<std::string> found;
  for (const Event& event : named(stream, "")) found.push_back(event.member("version"));
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
  EXPECT_EQ(h.get("/api/v1/watch?lastEventId=~")->code(), "bad_version_token");
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
  ASSERT_EQ(named(stream, "bookmark").size(), 1U);
  EXPECT_EQ(named(stream, "bookmark")[0].id, stream->header("X-Confman-Version"));
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
    h.pass(Duration::millis(20));  // who is that far behind has to wait for a turn
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
  EXPECT_EQ(named(stream, "bookmark").size(), 1U);
  h.pass(Duration::seconds(16));
  ASSERT_EQ(named(stream, "bookmark").size(), 2U);
  EXPECT_EQ(named(stream, "bookmark")[1].id, elsewhere);
  EXPECT_EQ(named(stream, "bookmark")[1].member("revision"), elsewhere);
}

TEST(Stream, AnEventIsOneLineOfJsonWhateverTheValue) {
  Harness h;
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  h.drain(stream);
  h.put("/api/v1/config/k", "{\r\n\"a\":\r1\n}");
  EXPECT_EQ(stream->events.find('\r'), std::string::npos);
  const auto lines = lines_with(stream->events, "data: ");
  ASSERT_EQ(lines.size(), 2U) << stream->events;
  const auto whole = json::parse(lines[1]);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->find("value")->find("a")->number()->text, "1");
}

// The bytes that tests/clients tries every cut of.
TEST(Stream, AChangeHasAnIdBeforeItsDataAndAnotherBehind) {
  Harness h;
  const std::string since = h.put("/api/v1/config/k", "1")->header("X-Confman-Version");
  const std::string id = h.put("/api/v1/config/k", "2")->header("X-Confman-Version");
  const auto stream = h.start("GET", "/api/v1/watch?since=" + since, kEvents);
  h.settle();
  const std::string data = lines_with(stream->events, "data: ").back();
  EXPECT_EQ(stream->events,
            "retry: 1000\n\n"
            "event: bookmark\ndata: {\"type\":\"bookmark\",\"revision\":\"" +
                since + "\"}\nid: " + since + "\n\nid: " + id + "~\ndata: " + data + "\nid: " + id +
                "\n\n");
}

TEST(Stream, WhoComesBackFromTheMiddleOfAChangeGetsItAgain) {
  Harness h;
  const std::string before = h.put("/api/v1/config/k", "1")->header("X-Confman-Version");
  const std::string cut = h.put("/api/v1/config/k", "2")->header("X-Confman-Version");
  h.put("/api/v1/config/k", "3");
  for (const bool by_header : {true, false}) {
    Fields fields = kEvents;
    const std::string id = cut + "~";
    if (by_header) fields.emplace_back("Last-Event-ID", id);
    const auto stream = h.start(
        "GET", "/api/v1/watch" + (by_header ? std::string() : "?lastEventId=" + id), fields);
    h.settle();
    EXPECT_TRUE(stream->events.starts_with("retry: 1000\nevent: cut\n\nevent: bookmark\n"))
        << stream->events;
    EXPECT_EQ(named(stream, "bookmark")[0].id, before);
    EXPECT_EQ(versions(stream), (Versions{"2", "3"}));
  }
  EXPECT_EQ(h.get("/api/v1/watch?since=" + cut + "~")->code(), "bad_version_token");
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

TEST(LongPoll, AReaderThatLeavesIsForgotten) {
  Harness h;
  const auto poll = h.start("GET", "/api/v1/watch");
  h.settle();
  ASSERT_EQ(h.api().open_requests(), 1U);
  poll->callbacks.on_gone();
  EXPECT_EQ(h.api().open_requests(), 0U);
  EXPECT_EQ(h.cancelled.size(), 1U);
  h.put("/api/v1/config/k", "1");
  EXPECT_FALSE(poll->response);
  poll->callbacks.on_gone();  // once more, and harmless
  EXPECT_EQ(h.cancelled.size(), 1U);
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
    const auto changes = named(streams[i], "");
    ASSERT_EQ(changes.size(), 1U) << i;
    EXPECT_EQ(changes[0].member("value"), i < 2 ? "for a" : "for b");
  }
}

// --- what passes is told in a stream that ends

void expect_closing(const CapturePtr& stream, const std::string& reason) {
  ASSERT_TRUE(stream->stream) << stream->status();
  EXPECT_EQ(stream->status(), 200);
  EXPECT_EQ(stream->header("Content-Type"), "text/event-stream");
  EXPECT_TRUE(stream->finished);
  const auto closing = named(stream, "closing");
  ASSERT_EQ(closing.size(), 1U) << stream->events;
  EXPECT_EQ(closing[0].member("type"), "closing");
  EXPECT_EQ(closing[0].member("reason"), reason);
  EXPECT_NE(closing[0].member("detail"), "");
  EXPECT_EQ(closing[0].id, "") << "an id that moves the client on";
  EXPECT_EQ(lines_with(stream->events, "retry: ").size(), 1U);
}

TEST(Stream, EndsWithAReasonWhenTheNodeShutsDown) {
  Harness h;
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  h.node().begin_shutdown();
  h.drain(stream);
  expect_closing(stream, "shutting_down");
  const auto late = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  expect_closing(late, "shutting_down");
  EXPECT_EQ(h.api().open_requests(), 0U);
  EXPECT_EQ(h.get("/api/v1/watch")->status(), 503);
}

TEST(Stream, WithoutALeaderItSaysSoAndEnds) {
  Harness h(3);
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  expect_closing(stream, "no_leader");
  // An id in the middle of a change swallows what the client kept of it, here too.
  const auto begun = h.start("GET", "/api/v1/watch?lastEventId=1:5~", kEvents);
  h.settle();
  expect_closing(begun, "no_leader");
  EXPECT_TRUE(begun->events.starts_with("retry: 1000\nevent: cut\n\n")) << begun->events;
  const auto poll = h.get("/api/v1/watch?wait=30s");
  EXPECT_EQ(poll->status(), 503);
  EXPECT_EQ(poll->code(), "no_leader");
  EXPECT_EQ(poll->header("Retry-After"), "1");
}

TEST(Stream, WithoutALeaderItGoesOnForThoseWhoAskForIt) {
  Harness h(3);
  const auto stream = h.start("GET", "/api/v1/watch?consistency=stale", kEvents);
  h.settle();
  h.drain(stream);
  h.pass(Duration::seconds(40));
  EXPECT_FALSE(stream->finished);
  EXPECT_EQ(h.get("/api/v1/watch?consistency=stale&wait=100ms")->status(), 200);
  EXPECT_EQ(h.get("/api/v1/watch?consistency=linearizable")->code(), "bad_consistency");
}

TEST(Stream, WatchesBeyondTheBoundAreSentAwayForLonger) {
  Harness h(1, {}, [](node::NodeConfig& config) { config.max_open_watches = 1; });
  const auto poll = h.start("GET", "/api/v1/watch");
  h.settle();
  const auto stream = h.start("GET", "/api/v1/watch", kEvents);
  h.settle();
  expect_closing(stream, "busy");
  EXPECT_EQ(lines_with(stream->events, "retry: "), Versions{"5000"});
}

// --- positions that there never were

TEST(Positions, WhatThisClusterNeverHadIsRefused) {
  Harness h;
  const std::string first = h.put("/api/v1/config/k", "1")->header("X-Confman-Version");
  const std::string last = h.put("/api/v1/config/k", "2")->header("X-Confman-Version");
  const std::string index = first.substr(first.find(':') + 1);
  for (const std::string& position :
       {std::string("999:999999"), std::string("1:999999"), "999:" + index, "0:" + index,
        "2:" + last.substr(last.find(':') + 1), std::string("1:0"), std::string("7:0")}) {
    for (const char* way : {"?since=", "?lastEventId="}) {
      const auto poll = h.get("/api/v1/watch" + std::string(way) + position);
      EXPECT_EQ(poll->status(), 410) << position;
      EXPECT_EQ(poll->code(), "position_unknown");
      EXPECT_NE(poll->at("detail").find("List anew"), std::string::npos) << poll->body();
      EXPECT_EQ(poll->header("Cache-Control"), "no-store");
      const auto stream = h.request("GET", "/api/v1/watch" + std::string(way) + position, kEvents);
      EXPECT_FALSE(stream->stream);
      EXPECT_EQ(stream->status(), 410) << position;
    }
    const auto read = h.get("/api/v1/config/k?min_version=" + position);
    EXPECT_EQ(read->status(), position == "1:999999" || position == "999:999999" ? 504 : 410)
        << position;
    EXPECT_EQ(h.get("/api/v1/config/k?consistency=linearizable&min_version=" + position)->status(),
              410)
        << position;
  }
  EXPECT_EQ(h.get("/api/v1/config/k?min_version=" + first)->status(), 200);
}

TEST(Positions, EveryOneThatWasToldIsTaken) {
  Harness h;
  h.put("/api/v1/namespaces/a", "{}");
  std::vector<std::string> told{"0:0"};
  for (int i = 0; i < 20; ++i) {
    told.push_back(h.put("/api/v1/config/k", "1")->header("X-Confman-Version"));
    told.push_back(h.get("/api/v1/watch/a?wait=0ms&since=" + told.back())->at("revision"));
    told.push_back(h.get("/api/v1/watch/a?wait=0ms&since=0:0")->at("revision"));
    told.push_back(h.get("/api/v1/watch?since=0:0")->at("changes/0/revision"));
  }
  for (const std::string& position : told) {
    EXPECT_EQ(h.get("/api/v1/watch?wait=0ms&since=" + position)->status(), 200) << position;
    EXPECT_EQ(h.get("/api/v1/config/k?min_version=" + position)->status(), 200) << position;
  }
}

}  // namespace
}  // namespace confman::testing
