#include "adapters/http/server.hpp"

#include <algorithm>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/http/client.hpp"

namespace confman::http::test {

namespace {

std::string get(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

std::string put(const std::string& target, const std::string& body) {
  return "PUT " + target +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// Answers at once with "METHOD path body".
void echo(Request&& request, const ResponseSink& sink) {
  Response response;
  response.body = request.method_name + " " + std::string(request.path()) + " " + request.body;
  sink.respond(std::move(response));
}

// Keeps requests until the test answers them, from its own thread.
class Desk {
 public:
  Handler handler() {
    return [this](Request&& request, ResponseSink sink) {
      const std::lock_guard lock(mutex_);
      waiting_.emplace_back(std::string(request.path()), std::move(sink));
      arrived_.notify_all();
    };
  }
  // Waits until so many have come; returns their paths.
  std::vector<std::string> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool came =
        arrived_.wait_for(lock, std::chrono::seconds(10), [&] { return waiting_.size() >= count; });
    EXPECT_TRUE(came);
    std::vector<std::string> paths;
    for (const auto& [path, sink] : waiting_) paths.push_back(path);
    return paths;
  }
  ResponseSink sink(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return waiting_.at(index).second;
  }
  void answer(std::size_t index, const std::string& body) {
    Response response;
    response.body = body;
    sink(index).respond(std::move(response));
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::pair<std::string, ResponseSink>> waiting_;
};

std::uint16_t start(Server& server) {
  const auto port = server.start();
  EXPECT_TRUE(port) << port.error().message;
  return port.value_or(0);
}

TEST(Server, AnswersOnAKeptConnection) {
  Server server({}, echo);
  Client client(start(server));
  // More than a burst may have: they come one by one.
  for (int i = 0; i < 250; ++i) {
    client.send(put("/k", std::to_string(i)));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "PUT /k " + std::to_string(i));
    EXPECT_FALSE(answer->closes());
    EXPECT_EQ(answer->headers.at("x-content-type-options"), "nosniff");
  }
  EXPECT_EQ(server.stats().requests, 250U);
  EXPECT_EQ(server.stats().accepted, 1U);
}

TEST(Server, ClosesWhenTheClientAsksForIt) {
  Server server({}, echo);
  const std::uint16_t port = start(server);
  for (const std::string& request :
       {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    Client client(port);
    client.send(request);
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->closes());
    EXPECT_TRUE(client.at_end());
  }
  Client kept(port);
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answer = kept.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->headers.at("connection"), "keep-alive");
  kept.send(get("/again"));
  EXPECT_TRUE(kept.read_answer());
}

TEST(Server, AHandlerCanCloseTheConnection) {
  Server server({}, [](Request&&, ResponseSink sink) {
    Response response;
    response.close = true;
    sink.respond(std::move(response));
  });
  Client client(start(server));
  client.send(get("/a") + get("/b"));
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->closes());
  EXPECT_TRUE(client.at_end());
}

TEST(Server, PipelinedAnswersKeepTheOrderOfTheRequests) {
  Desk desk;
  Server server({}, desk.handler());
  Client client(start(server));
  client.send(get("/0") + get("/1") + get("/2"));
  EXPECT_EQ(desk.await(3), (std::vector<std::string>{"/0", "/1", "/2"}));
  desk.answer(2, "two");
  desk.answer(0, "zero");
  EXPECT_EQ(client.read_answer()->body, "zero");
  EXPECT_FALSE(client.readable_now());
  desk.answer(1, "one");
  EXPECT_EQ(client.read_answer()->body, "one");
  EXPECT_EQ(client.read_answer()->body, "two");
}

TEST(Server, AnUnsafeRequestWaitsForThoseBeforeIt) {
  Desk desk;
  Server server({}, desk.handler());
  Client client(start(server));
  client.send(get("/0") + put("/1", "x") + get("/2"));
  desk.await(1);
  desk.answer(0, "zero");
  EXPECT_EQ(client.read_answer()->body, "zero");
  // The write was held back until now, and what follows it is held back until it is done.
  EXPECT_EQ(desk.await(2), (std::vector<std::string>{"/0", "/1"}));
  desk.answer(1, "one");
  EXPECT_EQ(client.read_answer()->body, "one");
  EXPECT_EQ(desk.await(3).back(), "/2");
  desk.answer(2, "two");
  EXPECT_EQ(client.read_answer()->body, "two");
}

TEST(Server, OnlyTheFirstAnswerCounts) {
  Desk desk;
  Server server({}, desk.handler());
  Client client(start(server));
  client.send(get("/0"));
  desk.await(1);
  desk.answer(0, "first");
  desk.answer(0, "second");
  EXPECT_EQ(client.read_answer()->body, "first");
  client.send(get("/1"));
  desk.await(2);
  desk.answer(0, "third");
  desk.answer(1, "next");
  EXPECT_EQ(client.read_answer()->body, "next");
}

// Row H093 of the bad inputs.
TEST(Server, ABurstIsClosedAfterItsHundredthAnswer) {
  Server server({}, echo);
  Client client(start(server));
  std::string burst;
  for (int i = 0; i < 1000; ++i) burst += get("/" + std::to_string(i));
  client.send(burst);
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "GET /" + std::to_string(i) + " ");
    EXPECT_EQ(answer->closes(), i == 99);
  }
  EXPECT_TRUE(client.at_end());
}

TEST(Server, HeadHasTheLengthButNotTheBody) {
  Server server({}, echo);
  Client client(start(server));
  client.send("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.read_answer(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->headers.at("content-length"), "10");
  client.send(get("/next"));
  EXPECT_EQ(client.read_answer()->body, "GET /next ");
}

// RFC 9110 §6.6.1: on every answer, of whatever status, head or stream.
TEST(Server, EveryAnswerHasADate) {
  Server server({}, [](Request&& request, ResponseSink sink) {
    if (request.path() == "/stream") {
      sink.start_stream(Response(200), {});
      sink.finish();
    } else {
      sink.respond(Response(request.path() == "/304" ? 304 : 200));
    }
  });
  Client client(start(server));
  const std::string head = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string options = "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string& request :
       {get("/"), get("/304"), get("/stream"), head, options, std::string("BAD\r\n")}) {
    SCOPED_TRACE(request);
    client.send(request);
    const auto answer = client.read_answer(request == head);
    ASSERT_TRUE(answer);
    ASSERT_TRUE(answer->headers.contains("date"));
    const std::string date = answer->headers.at("date");
    EXPECT_EQ(date.size(), 29U) << date;
    EXPECT_TRUE(date.ends_with(" GMT")) << date;
  }
}

TEST(Server, OptionsForTheWholeServer) {
  Server server({}, echo);
  const auto answer = ask_once(start(server), "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->headers.at("allow"), "GET, HEAD, PUT, POST, DELETE, OPTIONS");
}

TEST(Server, AnswersWithoutContentHaveNoLength) {
  Server server({}, [](Request&&, ResponseSink sink) { sink.respond(Response(204)); });
  const auto answer = ask_once(start(server), get("/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_FALSE(answer->headers.contains("content-length"));
}

TEST(Server, RequestIdsAreTakenOverOrMade) {
  std::vector<std::string> ids;
  Server server({}, [&](Request&& request, ResponseSink sink) {
    ids.push_back(request.id);
    sink.respond(Response(200));
  });
  Client client(start(server));
  std::vector<std::string> echoed;
  for (const std::string header : {"X-Request-Id: mine-1\r\n", "X-Request-Id: no good\r\n", ""}) {
    client.send(get("/", header));
    echoed.push_back(client.read_answer()->headers.at("x-request-id"));
  }
  server.stop();
  EXPECT_EQ(ids, echoed);
  EXPECT_EQ(ids[0], "mine-1");
  EXPECT_TRUE(is_request_id(ids[1]) && is_request_id(ids[2]));
  EXPECT_NE(ids[1], ids[2]);
}

TEST(Server, AProblemOfTheParserCarriesTheClientsRequestId) {
  Server server({}, echo);
  const auto answer =
      ask_once(start(server), "PUT / HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 411);
  EXPECT_EQ(answer->headers.at("x-request-id"), "mine");
  EXPECT_NE(answer->body.find("\"instance\":\"mine\""), std::string::npos);
  EXPECT_EQ(server.stats().bad_requests, 1U);
}

TEST(Server, ARefusalComesAfterTheAnswersThatAreDue) {
  Desk desk;
  Server server({}, desk.handler());
  Client client(start(server));
  client.send(get("/0") + "BAD\r\n");
  desk.await(1);
  desk.answer(0, "zero");
  EXPECT_EQ(client.read_answer()->body, "zero");
  EXPECT_EQ(client.read_answer()->code(), "bad_request_line");
  EXPECT_TRUE(client.at_end());
}

TEST(Server, SaysContinueBeforeABodyThatItWillTake) {
  Server server({}, echo);
  Client client(start(server));
  client.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer()->status, 100);
  client.send("abc");
  EXPECT_EQ(client.read_answer()->body, "PUT /k abc");
  // A client that didn't wait isn't told.
  client.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc");
  EXPECT_EQ(client.read_answer()->status, 200);
}

TEST(Server, AClientThatHasShutItsSideStillGetsItsAnswers) {
  Desk desk;
  Server server({}, desk.handler());
  Client client(start(server));
  client.send(get("/0") + put("/1", "x"));
  client.shutdown_send();
  desk.await(1);
  desk.answer(0, "zero");
  desk.await(2);
  desk.answer(1, "one");
  EXPECT_EQ(client.read_answer()->body, "zero");
  EXPECT_EQ(client.read_answer()->body, "one");
  EXPECT_TRUE(client.at_end());
}

TEST(Server, ARefusalArrivesEvenWhileTheClientIsStillSending) {
  Server server({}, echo);
  Client client(start(server));
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n" +
              std::string(8'000'000, 'x'));
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code(), "payload_too_large");
  EXPECT_TRUE(client.at_end());
}

TEST(Server, LargeBodiesGoThroughBothWays) {
  Server server({}, echo);
  Client client(start(server));
  const std::string body(2 * 1024 * 1024, 'b');
  client.send(put("/k", body));
  EXPECT_EQ(client.read_answer()->body, "PUT /k " + body);
}

TEST(Server, ManyThreadsServeManyConnections) {
  ServerConfig config;
  config.threads = 3;
  Server server(config, echo);
  const std::uint16_t port = start(server);
  std::vector<std::thread> clients;
  for (int c = 0; c < 6; ++c) {
    clients.emplace_back([port] {
      Client client(port);
      for (int i = 0; i < 50; ++i) {
        client.send(get("/" + std::to_string(i)));
        EXPECT_EQ(client.read_answer()->body, "GET /" + std::to_string(i) + " ");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server.stats().requests, 300U);
}

TEST(Server, APortInUseIsSaid) {
  Server server({}, echo);
  ServerConfig second;
  second.port = start(server);
  const auto refused = Server(second, echo).start();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(std::to_string(second.port)), std::string::npos);
}

TEST(Server, ClientAddressIsNumeric) {
  std::string address;
  Server server({}, [&](Request&& request, ResponseSink sink) {
    address = request.client_address;
    sink.respond(Response(200));
  });
  ask_once(start(server), get("/"));
  server.stop();
  EXPECT_EQ(address, "127.0.0.1");
}

TEST(Server, DrainingEndsIdleConnectionsAndFinishesBusyOnes) {
  Desk desk;
  Server server({}, desk.handler());
  const std::uint16_t port = start(server);
  Client idle(port);
  Client busy(port);
  busy.send(get("/0"));
  desk.await(1);
  server.drain();
  EXPECT_TRUE(idle.at_end());
  desk.answer(0, "done");
  const auto answer = busy.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "done");
  EXPECT_TRUE(answer->closes());
  EXPECT_TRUE(busy.at_end());
}

TEST(Server, ASinkMayOutliveItsServer) {
  Desk desk;
  ResponseSink sink;
  {
    Server server({}, desk.handler());
    Client client(start(server));
    client.send(get("/0"));
    desk.await(1);
    sink = desk.sink(0);
  }
  sink.respond(Response(200));
  sink.write("nobody reads this");
  sink.finish();
}

}  // namespace

}  // namespace confman::http::test
