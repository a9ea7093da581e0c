#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/http/server.hpp"
#include "tests/http/client.hpp"

// Answers that come bit by bit.
namespace confman::http::test {

namespace {

const std::string kGet = "GET /watch HTTP/1.1\r\nHost: x\r\n\r\n";

std::uint16_t start(Server& server) {
  const auto port = server.start();
  EXPECT_TRUE(port) << port.error().message;
  return port.value_or(0);
}

void await(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::yield();
}

// One stream, seen from the outside.
struct Watch {
  std::mutex mutex;
  ResponseSink sink;
  std::atomic<bool> open{false};
  std::atomic<int> drained{0};
  std::atomic<int> gone{0};

  Handler handler() {
    return [this](Request&&, ResponseSink the_sink) {
      {
        const std::lock_guard lock(mutex);
        sink = the_sink;
      }
      Response head;
      head.add_header("Content-Type", "text/event-stream");
      head.body = "hello;";
      the_sink.start_stream(std::move(head),
                            {.on_drained = [this] { ++drained; }, .on_gone = [this] { ++gone; }});
      open = true;
    };
  }
  ResponseSink get() {
    await([this] { return open.load(); });
    const std::lock_guard lock(mutex);
    return sink;
  }
};

TEST(Stream, ChunksArriveAsTheyAreWritten) {
  Watch watch;
  Server server({}, watch.handler());
  Client client(start(server));
  client.send(kGet);
  const auto head = client.read_until("\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_NE(head->find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_NE(head->find("X-Content-Type-Options: nosniff"), std::string::npos);
  EXPECT_EQ(client.read_exactly(11), "6\r\nhello;\r\n");
  await([&] { return watch.drained == 1; });
  watch.get().write("event");
  EXPECT_EQ(client.read_exactly(10), "5\r\nevent\r\n");
  await([&] { return watch.drained == 2; });
  watch.get().write("");  // an empty chunk would end the body
  watch.get().finish();
  EXPECT_EQ(client.read_exactly(5), "0\r\n\r\n");
  // The connection is free for the next request; the old sink has nothing to say in it.
  const ResponseSink old = watch.get();
  watch.open = false;
  client.send(kGet);
  watch.get();
  old.write("stale");
  watch.get().finish();
  EXPECT_EQ(client.read_answer()->body, "hello;");
  EXPECT_EQ(watch.gone, 0);
}

TEST(Stream, WithHttp10ItEndsWithTheConnection) {
  Watch watch;
  Server server({}, watch.handler());
  Client client(start(server));
  client.send("GET /watch HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const ResponseSink sink = watch.get();
  sink.write("event");
  sink.finish();
  const std::string all = client.read_to_end();
  EXPECT_EQ(all.find("Transfer-Encoding"), std::string::npos);
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(all.ends_with("\r\n\r\nhello;event")) << all;
}

TEST(Stream, ToHeadItIsAHeadOnly) {
  Watch watch;
  Server server({}, watch.handler());
  Client client(start(server));
  client.send("HEAD /watch HTTP/1.1\r\nHost: x\r\n\r\n");
  watch.get().write("event");
  watch.get().finish();
  EXPECT_EQ(client.read_answer(true)->status, 200);
  client.send("BAD\r\n");
  EXPECT_EQ(client.read_answer()->status, 400);  // the very next bytes
}

TEST(Stream, AClientThatLeavesIsNoticed) {
  Watch watch;
  Server server({}, watch.handler());
  {
    Client client(start(server));
    client.send(kGet);
    watch.get();
  }
  await([&] { return watch.gone == 1; });
  watch.get().write("nobody reads this");
  await([&] { return server.stats().connections == 0; });
  server.stop();
  EXPECT_EQ(watch.gone, 1);
}

TEST(Waiting, WhoWaitsNoMoreIsTold) {
  std::atomic<int> asked{0};
  std::atomic<int> gone{0};
  ResponseSink late;
  Server server({}, [&](Request&& request, ResponseSink sink) {
    sink.when_gone([&] { ++gone; });
    if (request.target == "/answered") sink.respond(Response(204));
    late = sink;
    ++asked;
  });
  const std::uint16_t port = start(server);
  {
    Client client(port);
    client.send("GET /answered HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_answer()->status, 204);
    client.send(kGet);
    await([&] { return asked == 2; });
    EXPECT_EQ(gone, 0);
  }
  await([&] { return gone == 1; });
  await([&] { return server.stats().connections == 0; });
  late.when_gone([&] { gone += 10; });
  await([&] { return gone == 11; });
}

// Whoever holds something for a stream would hold it for ever.
TEST(Stream, OneThatBeginsWhenItsClientHasLeftIsToldSo) {
  std::atomic<bool> asked{false};
  std::atomic<int> gone{0};
  ResponseSink sink;
  Server server({}, [&](Request&&, ResponseSink the_sink) {
    sink = the_sink;
    asked = true;
  });
  {
    Client client(start(server));
    client.send(kGet);
    await([&] { return asked.load(); });
  }
  sink.start_stream(Response(200), {.on_drained = [] {}, .on_gone = [&] { ++gone; }});
  await([&] { return gone == 1; });
}

TEST(Stream, OneThatBeginsBehindItsAnswerIsToldThatItIsOver) {
  std::atomic<int> gone{0};
  Server server({}, [&](Request&&, ResponseSink sink) {
    sink.respond(Response(204));
    sink.start_stream(Response(200), {.on_drained = [] {}, .on_gone = [&] { ++gone; }});
  });
  Client client(start(server));
  client.send(kGet);
  EXPECT_EQ(client.read_answer()->status, 204);
  await([&] { return gone == 1; });
}

TEST(Stream, AStreamBehindAnotherAnswerWaitsForItsTurn) {
  std::mutex mutex;
  ResponseSink first;
  Watch watch;
  const Handler stream = watch.handler();
  Server server({}, [&](Request&& request, ResponseSink sink) {
    if (request.path() == "/watch") return stream(std::move(request), sink);
    const std::lock_guard lock(mutex);
    first = sink;
  });
  Client client(start(server));
  client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + kGet);
  watch.get().write("early;");
  EXPECT_FALSE(client.readable_now());
  {
    const std::lock_guard lock(mutex);
    first.respond(Response(204));
  }
  EXPECT_EQ(client.read_answer()->status, 204);
  watch.get().finish();
  EXPECT_EQ(client.read_answer()->body, "hello;early;");
}

// A writer that waits for its turn never has more than one chunk in memory, however slowly the
// client reads; nobody else is held up.
TEST(Stream, ASlowReaderIsPulledNotPushed) {
  constexpr std::size_t kChunk = 64 * 1024;
  constexpr int kChunks = 160;
  std::atomic<int> written{0};
  Server server({}, [&](Request&& request, ResponseSink sink) {
    if (request.path() != "/watch") return sink.respond(Response(200));
    auto write_next = [&written, sink] {
      if (++written > kChunks) return sink.finish();
      sink.write(std::string(kChunk, 'x'));
    };
    sink.start_stream(Response(200), {.on_drained = write_next, .on_gone = [] {}});
  });
  const std::uint16_t port = start(server);
  Client slow(port, 4096);
  slow.send(kGet);
  ASSERT_TRUE(slow.read_until("\r\n\r\n"));
  // The writer comes to a halt long before its end: the kernel's buffers are full, ours holds one.
  int before = -1;
  while (written != before) {
    before = written;
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(ask_once(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
  }
  EXPECT_LT(before, kChunks / 2);
  const std::string body = slow.read_until("\r\n0\r\n\r\n").value_or("");
  EXPECT_GT(body.size(), kChunk * kChunks);
  EXPECT_EQ(server.stats().slow_readers, 0U);
}

TEST(Stream, AWriterThatDoesNotWaitLosesItsClientNotTheMemory) {
  Watch watch;
  ServerConfig config;
  config.max_unsent_bytes = 256 * 1024;
  Server server(config, watch.handler());
  Client client(start(server), 4096);
  client.send(kGet);
  const ResponseSink sink = watch.get();
  const Payload chunk = make_payload(std::string(64 * 1024, 'x'));
  while (watch.gone == 0) sink.write(chunk);
  EXPECT_EQ(server.stats().slow_readers, 1U);
  EXPECT_TRUE(client.read_to_end().find("\r\n0\r\n") == std::string::npos);
}

// However large it is, and whatever waits behind it on the connection: what the server itself wrote
// doesn't count against the reader.
TEST(Stream, AChunkOfAnySizeReachesASlowReaderWhoseWriterWaits) {
  static constexpr std::size_t kChunk = 1024 * 1024;
  static constexpr int kChunks = 5;
  std::atomic<int> written{0};
  ServerConfig config;
  config.max_unsent_bytes = 64 * 1024;
  Server server(config, [&](Request&& request, ResponseSink sink) {
    if (request.path() != "/watch") {
      Response large(200);
      large.body = std::string(kChunk, 'y');
      return sink.respond(std::move(large));
    }
    auto write_next = [&written, sink] {
      if (++written > kChunks) return sink.finish();
      sink.write(std::string(kChunk, 'x'));
    };
    Response head;
    head.body = std::string(kChunk, 'x');
    sink.start_stream(std::move(head), {.on_drained = write_next, .on_gone = [] {}});
  });
  Client slow(start(server), 4096);
  slow.send(kGet + "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto stream = slow.read_answer();
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->body, std::string(kChunk * (kChunks + 1), 'x'));
  EXPECT_EQ(slow.read_answer()->body.size(), kChunk);
  EXPECT_EQ(server.stats().slow_readers, 0U);
}

TEST(Stream, OneChunkCanGoToMany) {
  constexpr int kWatchers = 50;
  std::mutex mutex;
  std::vector<ResponseSink> sinks;
  Server server({}, [&](Request&&, ResponseSink sink) {
    sink.start_stream(Response(200), {});
    const std::lock_guard lock(mutex);
    sinks.push_back(std::move(sink));
  });
  const std::uint16_t port = start(server);
  std::vector<Client> clients;
  for (int i = 0; i < kWatchers; ++i) {
    clients.emplace_back(port);
    clients.back().send(kGet);
  }
  for (Client& client : clients) ASSERT_TRUE(client.read_until("\r\n\r\n"));
  const Payload chunk = make_payload("news");
  await([&] {
    const std::lock_guard lock(mutex);
    return sinks.size() == kWatchers;
  });
  for (const ResponseSink& sink : sinks) {
    sink.write(chunk);
    sink.finish();
  }
  for (Client& client : clients) {
    EXPECT_EQ(client.read_exactly(14), "4\r\nnews\r\n0\r\n\r\n");
  }
}

}  // namespace

}  // namespace confman::http::test
