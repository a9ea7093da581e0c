#include <algorithm>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <malloc.h>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "adapters/http/server.hpp"
#include "tests/http/client.hpp"

// Many connections, more than there may be, and no descriptors left.
namespace confman::http::test {

namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

void answer_at_once(Request&&, const ResponseSink& sink) {
  sink.respond(Response(200));
}

std::uint16_t start(Server& server) {
  const auto port = server.start();
  EXPECT_TRUE(port) << port.error().message;
  return port.value_or(0);
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Sets the soft limit of descriptors for its lifetime.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t wanted) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit now = before_;
    now.rlim_cur = std::min(wanted, before_.rlim_max);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &now), 0);
    allowed_ = now.rlim_cur;
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  rlim_t allowed() const { return allowed_; }

 private:
  rlimit before_{};
  rlim_t allowed_ = 0;
};

TEST(Crowd, IdleConnectionsCostMemoryOnly) {
  // Both ends are in this process; what else it has open needs some as well.
  const DescriptorLimit limit(20'200);
  const std::size_t count = std::min<std::size_t>(10'000, (limit.allowed() - 200) / 2);
  if (count < 10'000) std::printf("the limit of descriptors allows no 10,000 connections\n");
  Server server({}, answer_at_once);
  const std::uint16_t port = start(server);
  ASSERT_TRUE(ask_once(port, kGet));
  ::malloc_trim(0);  // or they would live in what earlier tests have freed
  const std::size_t before = resident_bytes();
  std::vector<Client> idle;
  idle.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    idle.emplace_back(port);
    // Each has been used once: what it then keeps is what counts.
    idle.back().send(kGet);
    ASSERT_TRUE(idle.back().read_answer());
  }
  const std::size_t each = (resident_bytes() - before) / count;
  RecordProperty("resident_bytes_per_idle_connection", static_cast<int>(each));
  std::printf("%zu idle connections: %zu bytes each, client's half included\n", count, each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep books of their own
  EXPECT_LT(each, 4U * 1024);
#endif
  EXPECT_GE(server.stats().connections, count);

  Client active(port);
  for (int i = 0; i < 1000; ++i) {
    active.send(kGet);
    ASSERT_EQ(active.read_answer()->status, 200);
  }
  // All of them are still there.
  for (Client& client : idle) client.send(kGet);
  for (Client& client : idle) ASSERT_EQ(client.read_answer()->status, 200);
}

TEST(Crowd, OneConnectionTooManyIsToldSo) {
  ServerConfig config;
  config.max_connections = 2;
  Server server(config, answer_at_once);
  const std::uint16_t port = start(server);
  std::optional<Client> first(port);
  Client second(port);
  first->send(kGet);
  second.send(kGet);
  EXPECT_TRUE(first->read_answer());
  EXPECT_TRUE(second.read_answer());
  Client third(port);
  const auto refusal = third.read_answer();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 503);
  EXPECT_EQ(refusal->code(), "too_many_connections");
  EXPECT_TRUE(refusal->headers.contains("retry-after"));
  EXPECT_NE(refusal->body.find(R"("limit":2,"outcome":"not_done")"), std::string::npos)
      << refusal->body;
  EXPECT_TRUE(third.at_end());
  // Room again once one has left.
  first.reset();
  while (server.stats().connections == 2) std::this_thread::yield();
  EXPECT_EQ(ask_once(port, kGet)->status, 200);
}

TEST(Crowd, OutOfDescriptorsItRefusesAndRecovers) {
  ServerConfig config;
  config.accept_pause = Duration::millis(1);
  Server server(config, answer_at_once);
  const std::uint16_t port = start(server);
  Client before(port);
  before.send(kGet);
  EXPECT_TRUE(before.read_answer());
  {
    // The client's descriptor is the last that the process gets.
    const int highest = ::dup(0);
    ::close(highest);
    const DescriptorLimit none(static_cast<rlim_t>(highest) + 1);
    Client refused(port);
    EXPECT_EQ(refused.read_answer()->status, 503);
    EXPECT_TRUE(refused.at_end());
    // Those who were there before are served.
    before.send(kGet);
    EXPECT_EQ(before.read_answer()->status, 200);
  }
  EXPECT_GE(server.stats().refused, 1U);
  EXPECT_EQ(ask_once(port, kGet)->status, 200);
}

}  // namespace

}  // namespace confman::http::test
