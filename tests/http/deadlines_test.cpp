#include <gtest/gtest.h>
#include <string>
#include <thread>

#include "adapters/http/server.hpp"
#include "tests/http/client.hpp"

// Nothing that a client can delay is waited for without end. The deadlines are short here; the
// tests await what they lead to and never judge how long it took.
namespace confman::http::test {

namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kPutHead = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";

void answer_at_once(Request&&, const ResponseSink& sink) {
  sink.respond(Response(200));
}

std::uint16_t start(Server& server) {
  const auto port = server.start();
  EXPECT_TRUE(port) << port.error().message;
  return port.value_or(0);
}

// Sends a byte at a time, without end, until the server has something to say.
void drip_until_answered(Client& client, char byte) {
  while (!client.readable_now()) client.send({&byte, 1});
}

// Row H091 of the bad inputs.
TEST(Deadlines, AHeaderThatDripsIsCutAtItsDeadline) {
  ServerConfig config;
  config.header_timeout = Duration::millis(50);
  config.limits.header_block_bytes = config.limits.header_value_bytes = 1 << 30;
  Server server(config, answer_at_once);
  Client client(start(server));
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Drip: ");
  drip_until_answered(client, 'a');
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->code(), "header_timeout");
  EXPECT_TRUE(answer->closes());
}

// Row H092 of the bad inputs.
TEST(Deadlines, ABodyThatComesTooSlowlyIsRefused) {
  ServerConfig config;
  config.transfer_grace = Duration::millis(50);
  Server server(config, answer_at_once);
  Client client(start(server));
  client.send(kPutHead + "a few bytes");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->code(), "body_too_slow");
  EXPECT_TRUE(answer->closes());
  EXPECT_EQ(server.stats().timeouts, 1U);
}

TEST(Deadlines, BytesEarnABodyTime) {
  ServerConfig config;
  config.transfer_grace = Duration::millis(1);
  config.min_bytes_per_second = 1;
  Server server(config, answer_at_once);
  const std::uint16_t port = start(server);
  Client earned(port);
  earned.send(kPutHead + std::string(90'000, 'x'));  // a day's worth
  // One that has earned nothing is refused: the grace is over for both.
  EXPECT_EQ(ask_once(port, kPutHead)->status, 408);
  earned.send(std::string(10'000, 'x'));
  EXPECT_EQ(earned.read_answer()->status, 200);
}

TEST(Deadlines, AnIdleConnectionIsClosedWithoutAWord) {
  ServerConfig config;
  config.idle_timeout = Duration::millis(30);
  Server server(config, answer_at_once);
  const std::uint16_t port = start(server);
  Client fresh(port);
  EXPECT_TRUE(fresh.at_end());
  Client used(port);
  used.send(kGet);
  EXPECT_EQ(used.read_answer()->status, 200);
  EXPECT_TRUE(used.at_end());
}

TEST(Deadlines, ARequestWithoutAnAnswerGetsOneInTheEnd) {
  ServerConfig config;
  config.answer_timeout = Duration::millis(30);
  Server server(config, [](Request&&, const ResponseSink&) {});
  const std::uint16_t port = start(server);
  const auto answer = ask_once(port, kGet);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->code(), "no_answer");
  EXPECT_TRUE(answer->closes());
  EXPECT_EQ(answer->body.find("outcome"), std::string::npos) << answer->body;
  const auto write = ask_once(port, "PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1");
  ASSERT_TRUE(write);
  EXPECT_NE(write->body.find(R"("outcome":"unknown")"), std::string::npos)
      << "the handler has it: " << write->body;
}

TEST(Deadlines, AClientThatDoesNotTakeItsAnswerIsCutOff) {
  ServerConfig config;
  config.transfer_grace = Duration::millis(50);
  Server server(config, [](Request&&, const ResponseSink& sink) {
    Response response;
    response.body.assign(16 * 1024 * 1024, 'x');
    sink.respond(std::move(response));
  });
  const std::uint16_t port = start(server);
  Client sleeper(port, 4096);
  sleeper.send(kGet);
  while (server.stats().slow_readers == 0) std::this_thread::yield();
  EXPECT_LT(sleeper.read_to_end().size(), 16U * 1024 * 1024);
}

TEST(Deadlines, AClientThatLingersIsCutOff) {
  ServerConfig config;
  config.linger_timeout = Duration::millis(30);
  Server server(config, answer_at_once);
  Client client(start(server));
  client.send("BAD\r\n");
  EXPECT_EQ(client.read_answer()->status, 400);
  // The client keeps its side open; the server lets go of the connection all the same.
  while (server.stats().connections != 0) std::this_thread::yield();
}

}  // namespace

}  // namespace confman::http::test
