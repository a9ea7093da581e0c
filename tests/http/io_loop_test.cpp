#include "adapters/net/io_loop.hpp"

#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <algorithm>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace confman::net::test {

namespace {

struct Pair {
  Pair() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    near.emplace(new Poco::Net::StreamSocketImpl(fds[0]));
    far = fds[1];
  }
  ~Pair() { ::close(far); }
  void poke() const { EXPECT_EQ(::write(far, "x", 1), 1); }

  std::optional<Poco::Net::StreamSocket> near;
  int far = -1;
};

class Recorder final : public IoHandler {
 public:
  explicit Recorder(std::function<void(IoEvents)> on_event) : on_event_(std::move(on_event)) {}
  void on_io(IoEvents events) override { on_event_(events); }

 private:
  std::function<void(IoEvents)> on_event_;
};

TEST(IoLoop, PostedTasksRunInOrderAndOnTheLoopsThread) {
  IoLoop loop;
  std::vector<int> order;
  std::promise<void> running;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) {
      loop.post([&order, &loop, i] {
        EXPECT_TRUE(loop.in_loop_thread());
        order.push_back(i);
      });
    }
    // Until run() is called nobody else can be inside, and every thread counts as the loop's.
    running.get_future().wait();
    EXPECT_FALSE(loop.in_loop_thread());
    loop.post([&loop] { loop.stop(); });
  });
  loop.post([&running] { running.set_value(); });
  loop.run();
  other.join();
  ASSERT_EQ(order.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(IoLoop, ABurstOfPostsIsOneTurn) {
  IoLoop loop;
  int ran = 0;
  int turns = 0;
  loop.add_end_of_turn([&] {
    ++turns;
    loop.stop();
  });
  for (int i = 0; i < 100; ++i) loop.post([&] { ++ran; });
  loop.run();
  EXPECT_EQ(ran, 100);
  EXPECT_EQ(turns, 1);
}

TEST(IoLoop, ATaskPostedByATaskRunsInTheNextTurn) {
  IoLoop loop;
  std::vector<int> turn_of_task;
  int turn = 0;
  loop.add_end_of_turn([&] { ++turn; });
  loop.post([&] {
    turn_of_task.push_back(turn);
    loop.post([&] {
      turn_of_task.push_back(turn);
      loop.stop();
    });
  });
  loop.run();
  EXPECT_EQ(turn_of_task, (std::vector<int>{0, 1}));
}

TEST(IoLoop, InterestDecidesWhichEventsAreDelivered) {
  IoLoop loop;
  Pair pair;
  pair.poke();
  std::vector<IoEvents> seen;
  Recorder handler([&](IoEvents events) {
    seen.push_back(events);
    if (seen.size() == 1) return loop.set_interest(*pair.near, Interest::Write);
    if (seen.size() == 2) return loop.set_interest(*pair.near, Interest::ReadWrite);
    loop.stop();
  });
  loop.add(*pair.near, Interest::Read, handler);
  loop.run();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_TRUE(seen[0].readable && !seen[0].writable);
  EXPECT_TRUE(!seen[1].readable && seen[1].writable);
  EXPECT_TRUE(seen[2].readable && seen[2].writable);
}

TEST(IoLoop, AHandlerRemovedInATurnIsNotCalledInIt) {
  IoLoop loop;
  Pair a;
  Pair b;
  int called = 0;
  // Whichever comes first removes both; its descriptor may be used again at once, too.
  Recorder handler([&](IoEvents) {
    ++called;
    loop.remove(*a.near);
    loop.remove(*b.near);
    a.near->close();
    b.near->close();
    loop.stop();
  });
  loop.add(*a.near, Interest::Read, handler);
  loop.add(*b.near, Interest::Read, handler);
  a.poke();
  b.poke();
  loop.run();
  EXPECT_EQ(called, 1);
}

TEST(IoLoop, TimersExpireInTheOrderOfTheirTimes) {
  IoLoop loop;
  constexpr int kTimers = 200;
  std::vector<int> expired;
  std::vector<std::unique_ptr<IoTimer>> timers;
  const Time start = loop.now();
  for (int i = 0; i < kTimers; ++i) {
    timers.push_back(std::make_unique<IoTimer>([&expired, i] { expired.push_back(i); }));
    // A permutation, so that the heap has something to do; then half of them move.
    loop.arm(*timers.back(), start + Duration::micros((i * 37) % kTimers));
  }
  for (int i = 0; i < kTimers; i += 2) loop.arm(*timers[i], start + Duration::millis(1 + i));
  for (int i = 0; i < kTimers; i += 5) loop.disarm(*timers[i]);
  timers[11].reset();
  IoTimer last([&] { loop.stop(); });
  loop.arm(last, start + Duration::millis(kTimers + 5));
  loop.run();

  std::vector<std::pair<std::int64_t, int>> expected;
  for (int i = 0; i < kTimers; ++i) {
    if (i % 5 == 0 || i == 11) continue;
    expected.emplace_back(i % 2 == 0 ? 1000 * (1 + i) : (i * 37) % kTimers, i);
  }
  std::sort(expected.begin(), expected.end());
  std::vector<int> in_order;
  for (const auto& [at, i] : expected) in_order.push_back(i);
  EXPECT_EQ(expired, in_order);
}

TEST(IoLoop, ATimerNeverExpiresEarly) {
  IoLoop loop;
  Time expired_at;
  IoTimer timer([&] {
    expired_at = loop.now();
    loop.stop();
  });
  const Time at = IoLoop::read_clock() + Duration::micros(3'300);
  loop.arm(timer, at);
  loop.run();
  EXPECT_GE(expired_at, at);
}

TEST(IoLoop, TheDeadlineSourceTurnsTheLoop) {
  IoLoop loop;
  const Time deadline = IoLoop::read_clock() + Duration::millis(5);
  int turns = 0;
  loop.set_deadline_source([&] { return deadline; });
  loop.add_end_of_turn([&] {
    ++turns;
    if (loop.now() >= deadline) loop.stop();
  });
  loop.run();
  EXPECT_GE(loop.now(), deadline);
  EXPECT_LE(turns, 3);  // it slept, it didn't spin
}

TEST(IoLoop, TasksThatDidNotRunAreDestroyedWithTheLoop) {
  const auto watched = std::make_shared<int>(0);
  {
    IoLoop loop;
    loop.post([watched] {});
    EXPECT_EQ(watched.use_count(), 2);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

}  // namespace

}  // namespace confman::net::test
