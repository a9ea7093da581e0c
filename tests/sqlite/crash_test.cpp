// A process is killed at any instruction; the next one finds everything that was acknowledged.

#include <gtest/gtest.h>
#include <random>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/sqlite/log/store.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "tests/contract/log_store_contract.hpp"
#include "tests/sqlite/log_harness.hpp"
#include "tests/sqlite/log_script.hpp"
#include "tests/sqlite/state_fill.hpp"

namespace confman::sqlite {
namespace {

using consensus::LogIndex;
using consensus::PersistSeq;
using consensus::RestoredLog;

constexpr int kRounds = 24;
constexpr std::uint64_t kAhead = 8;  // requests persisted before the first of them is acknowledged

// Runs `body` in a child that reports numbers through a pipe, kills it after `reports` of them, and
// returns the last report (0: none).
template <class Body>
std::uint64_t run_and_kill(std::uint64_t reports, const Body& body) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    body([out = ends[1]](std::uint64_t number) {
      if (::write(out, &number, sizeof number) != sizeof number) {
        _exit(1);
      }
    });
    _exit(0);
  }
  ::close(ends[1]);
  std::uint64_t last = 0;
  std::uint64_t number = 0;
  for (std::uint64_t n = 1; ::read(ends[0], &number, sizeof number) == sizeof number; ++n) {
    last = number;
    if (n == reports) {
      ::kill(child, SIGKILL);  // what is in the pipe is still read: it was acknowledged
    }
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
  return last;
}

TEST(Crash, AKilledLogHoldsEverythingAcknowledged) {
  TestDir test;
  std::mt19937_64 random(3);  // NOLINT(cert-msc51-cpp): the same every time
  RestoredLog known;
  LogStore::Options options;
  options.checkpoint_pages = 64;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t seed = random();
    const std::uint64_t acknowledged = run_and_kill(1 + random() % 60, [&](const auto& report) {
      DataDir dir = open_dir(test.data());
      Acknowledged done;
      auto opened = LogStore::open(dir, options, [&, callback = done.callback()](PersistSeq upto) {
        report(upto.value);
        callback(upto);
      });
      LogScript script(std::move(opened->restored), seed);
      for (;;) {
        opened->store->persist(script.next());
        if (script.seq.value > kAhead) {
          done.await(PersistSeq{script.seq.value - kAhead});
        }
      }
    });
    DataDir dir = open_dir(test.data());
    auto opened = LogStore::open(dir, options, [](PersistSeq) {});
    ASSERT_TRUE(opened) << opened.error().code << ": " << opened.error().message;
    LogScript script(known, seed);
    while (script.seq.value < acknowledged) {
      script.next();
    }
    while (!same_log(script.log, opened->restored)) {
      ASSERT_LT(script.seq.value, acknowledged + kAhead + 1) << "not a state after any request";
      script.next();
    }
    known = std::move(opened->restored);
  }
}

TEST(Crash, AKilledStateIsAtACommandBoundary) {
  TestDir test;
  std::mt19937_64 random(4);  // NOLINT(cert-msc51-cpp): the same every time
  StateDatabase::Options options;
  options.flush_bytes = 20'000;
  options.max_bytes = 40'000;
  options.checkpoint_pages = 64;
  std::uint64_t before = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t start = random() % 1000;
    const std::uint64_t durable = run_and_kill(1 + random() % 12, [&](const auto& report) {
      const DataDir dir = open_dir(test.data());
      auto store = StateDatabase::open(dir, options, [&](LogIndex index) { report(index.value); });
      for (std::uint64_t n = start;; ++n) {
        apply_one(**store, n);
      }
    });
    const DataDir dir = open_dir(test.data());
    auto store = StateDatabase::open(dir, options, [](LogIndex) {});
    ASSERT_TRUE(store) << store.error().code << ": " << store.error().message;
    EXPECT_GE((*store)->position().index, std::max(durable, before));
    EXPECT_TRUE(is_whole(**store));
    before = (*store)->position().index;
  }
  EXPECT_GT(before, 0U);
}

}  // namespace
}  // namespace confman::sqlite
