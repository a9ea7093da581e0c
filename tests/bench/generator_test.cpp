#include "bench/load/generator.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <netinet/in.h>
#include <poll.h>
#include <set>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace confman::bench {
namespace {

constexpr std::size_t kValueSize = 32;

// Speaks just enough HTTP/1.1 on a loopback port, in a thread of its own. `respond` gets a whole
// request and returns what is sent back; an empty answer closes the connection.
class ScriptedServer {
 public:
  using Respond = std::function<std::string(const std::string& request)>;

  explicit ScriptedServer(Respond respond) : respond_(std::move(respond)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 64), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    stop_ = true;
    thread_.join();
    for (const auto& [fd, buffer] : buffers_) {
      ::close(fd);
    }
    ::close(listener_);
  }

  Target target() const {
    return {.kind = TargetKind::kConfman, .endpoints = {{"127.0.0.1", port_}}};
  }

 private:
  void serve() {
    while (!stop_) {
      std::vector<pollfd> polls{{listener_, POLLIN, 0}};
      for (const auto& [fd, buffer] : buffers_) {
        polls.push_back({fd, POLLIN, 0});
      }
      ::poll(polls.data(), polls.size(), 20);
      if (polls.front().revents != 0) {
        buffers_[::accept(listener_, nullptr, nullptr)];
      }
      for (std::size_t i = 1; i < polls.size(); ++i) {
        if (polls[i].revents != 0 && !serve_one(polls[i].fd)) {
          buffers_.erase(polls[i].fd);
          ::close(polls[i].fd);
        }
      }
    }
  }

  bool serve_one(int fd) {
    char bytes[4096];
    const ssize_t got = ::recv(fd, bytes, sizeof bytes, 0);
    if (got <= 0) {
      return false;
    }
    std::string& buffer = buffers_[fd];
    buffer.append(bytes, static_cast<std::size_t>(got));
    const std::size_t head = buffer.find("\r\n\r\n");
    const std::size_t body = buffer.starts_with("PUT") ? kValueSize : 0;
    if (head == std::string::npos || buffer.size() < head + 4 + body) {
      return true;
    }
    const std::string answer = respond_(buffer);
    buffer.clear();
    return !answer.empty() && ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) > 0 &&
           answer.find("Connection: close") == std::string::npos;
  }

  Respond respond_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::map<int, std::string> buffers_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

std::string answer(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

Load short_load() {
  Load load;
  load.clients = 4;
  load.keys = 50;
  load.value_size = kValueSize;
  load.warmup_ns = 0;
  load.measure_ns = kNanosPerSecond / 5;
  return load;
}

TEST(Generator, FillWritesEveryKeyOnceAndNoValueTwice) {
  std::multiset<std::string> paths;
  std::set<std::string> values;
  Load load = short_load();
  load.fill = true;
  {
    ScriptedServer server([&](const std::string& request) {
      paths.insert(request.substr(0, request.find(' ', 4)));
      values.insert(request.substr(request.size() - kValueSize));
      return answer(201, "");
    });
    const auto measured = generate(load, server.target());
    ASSERT_TRUE(measured.has_value()) << measured.error();
    EXPECT_EQ(measured->succeeded, load.keys);
    EXPECT_EQ(measured->failed + measured->lost + measured->unanswered, 0u);
  }
  EXPECT_EQ(paths.size(), load.keys);
  EXPECT_EQ(std::set(paths.begin(), paths.end()).size(), load.keys);
  EXPECT_TRUE(paths.contains("PUT /api/v1/config/bench/k000000"));
  EXPECT_TRUE(paths.contains("PUT /api/v1/config/bench/k000049"));
  EXPECT_EQ(values.size(), load.keys);
}

TEST(Generator, AsksForTheConsistencyOfTheMix) {
  std::set<std::string> kinds;
  Load load = short_load();
  load.mix = {.write = 1, .linearizable_read = 1, .local_read = 1};
  {
    ScriptedServer server([&](const std::string& request) {
      const bool stale = request.find("?consistency=stale ") != std::string::npos;
      kinds.insert(request.substr(0, 3) + (stale ? " stale" : ""));
      return answer(200, request.starts_with("GET") ? std::string(kValueSize, 'v') : "");
    });
    const auto measured = generate(load, server.target());
    ASSERT_TRUE(measured.has_value()) << measured.error();
    EXPECT_EQ(measured->failed, 0u) << measured->first_failure;
    for (const Histogram& latency : measured->latency) {
      EXPECT_GT(latency.count(), 0u);
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"PUT", "GET", "GET stale"}));
}

TEST(Generator, CountsErrorsAndQuotesTheFirst) {
  ScriptedServer server([](const std::string&) { return answer(503, "no leader"); });
  const auto measured = generate(short_load(), server.target());
  ASSERT_TRUE(measured.has_value()) << measured.error();
  EXPECT_GT(measured->failed, 0u);
  EXPECT_EQ(measured->completed, 0u);
  EXPECT_EQ(measured->all_latencies().count(), 0u);
  EXPECT_EQ(measured->first_failure, "HTTP 503 to a write: no leader");
}

TEST(Generator, ReadThatDoesNotBringTheWholeValueIsAnError) {
  Load load = short_load();
  load.mix = Mix::only(Operation::kLinearizableRead);
  ScriptedServer server(
      [](const std::string&) { return answer(200, std::string(kValueSize - 1, 'v')); });
  const auto measured = generate(load, server.target());
  ASSERT_TRUE(measured.has_value()) << measured.error();
  EXPECT_EQ(measured->succeeded, 0u);
  EXPECT_GT(measured->failed, 0u);
}

TEST(Generator, GoesOnAfterLostConnections) {
  int requests = 0;
  ScriptedServer server(
      [&](const std::string&) { return ++requests % 3 == 0 ? std::string() : answer(200, ""); });
  const auto measured = generate(short_load(), server.target());
  ASSERT_TRUE(measured.has_value()) << measured.error();
  EXPECT_GT(measured->lost, 1u);
  EXPECT_GT(measured->succeeded, measured->lost);
}

TEST(Generator, OpensAgainWhatTheServerClosesPolitely) {
  ScriptedServer server(
      [](const std::string&) { return answer(200, "", "Connection: close\r\n"); });
  const auto measured = generate(short_load(), server.target());
  ASSERT_TRUE(measured.has_value()) << measured.error();
  EXPECT_EQ(measured->lost, 0u);
  EXPECT_GT(measured->succeeded, 4u);
}

// A server that stops for half of the measured time. A closed loop records one slow request per
// client; an open loop must also charge the stop to the requests that should have started
// meanwhile.
TEST(Generator, OpenLoopChargesAStopToAllWhoShouldHaveStarted) {
  Load load = short_load();
  load.clients = 2;
  load.rate = 1000;
  load.measure_ns = kNanosPerSecond / 2;
  int requests = 0;
  ScriptedServer server([&](const std::string&) {
    if (++requests == 20) {
      ::usleep(250'000);
    }
    return answer(200, "");
  });
  const auto measured = generate(load, server.target());
  ASSERT_TRUE(measured.has_value()) << measured.error();
  EXPECT_EQ(measured->all_latencies().count(), 500u);
  // Arrivals come every millisecond, so about 250 fell into the stop and about 150 of them had more
  // than 100 ms of it before them; two is what a generator that waits for answers would record.
  EXPECT_GT(measured->all_latencies().value_at(0.8), 100'000'000u);
}

TEST(Generator, SaysWhyItCannotStart) {
  const auto measured = generate(short_load(), {.endpoints = {{"127.0.0.1", 1}}});
  ASSERT_FALSE(measured.has_value());
  EXPECT_NE(measured.error().find("127.0.0.1:1: connect"), std::string::npos) << measured.error();
}

TEST(Endpoint, IsReadWithAndWithoutScheme) {
  for (const char* text : {"http://127.0.0.1:8101", "127.0.0.1:8101"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint.has_value());
    EXPECT_EQ(endpoint->host, "127.0.0.1");
    EXPECT_EQ(endpoint->port, 8101);
  }
  for (const char* text : {"", "8101", ":8101", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
                           "127.0.0.1:80x", "https://127.0.0.1"}) {
    EXPECT_FALSE(parse_endpoint(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace confman::bench
