// Process or power end at any call, the disk gives errors, and whatever then becomes of what was
// not synced: the log holds what it reported, each request wholly or not at all, and the node
// starts.

#include <gtest/gtest.h>

#include "tests/sim_storage/log_on_disk.hpp"
#include "tests/sim_storage/random_fault.hpp"
#include "tests/sqlite/log_script.hpp"

namespace confman::sim {
namespace {

using consensus::PersistSeq;
using consensus::RestoredLog;
using sqlite::LogScript;

constexpr std::uint64_t kSeeds = 300;
constexpr int kLives = 8;
constexpr std::uint64_t kRequestsPerLife = 40;
constexpr std::uint64_t kChangesPerLife = 400;  // roughly what a life makes; it may end after them
constexpr std::size_t kCompactAbove = 30;

sqlite::LogStore::Options small() {
  sqlite::LogStore::Options options;
  options.checkpoint_idle_pages = 4;
  options.checkpoint_pages = 12;
  return options;
}

// How the lives of a process went, over a whole test.
struct Tally {
  int died_in_work = 0;
  int died_in_start = 0;
  int unreported_survived = 0;
  int unreported_lost = 0;
  std::uint64_t errors = 0;
};

// One disk and the processes that use it one after the other.
class Lives {
 public:
  Lives(std::uint64_t seed, Tally& tally)
      : seed_(seed),
        prng_(seed, "lives"),
        disk_({.sector_bytes = 4096, .powersafe_overwrite = seed % 2 == 0}, small()),
        tally_(tally) {}

  void run() {
    for (life_ = 0; life_ < kLives && !testing::Test::HasFatalFailure(); ++life_) {
      if (prng_.chance(1, 4)) die_in_start();
      const auto opened = disk_.open();
      ASSERT_TRUE(opened) << where() << opened.error().code << ": " << opened.error().message;
      judge(*opened);
      live(*opened);
    }
  }

 private:
  std::string where() const {
    return "seed " + std::to_string(seed_) + ", life " + std::to_string(life_) + ": ";
  }
  // The machine, or only the process.
  void die() {
    tally_.errors += disk_.disk.struck() - struck_;
    struck_ = disk_.disk.struck();
    heal(disk_.disk);
    SeededCrash choices(prng_.next());
    prng_.chance(1, 3) ? disk_.kill() : disk_.cut_power(choices);
  }

  void die_in_start() {
    disk_.disk.stop_after(prng_.below(60));
    if (prng_.chance(1, 3)) arm_random_error(disk_.disk, prng_, 40);
    try {
      (void)disk_.open();
    } catch (const ProcessExit&) {
    }
    tally_.died_in_start += disk_.disk.running() ? 0 : 1;
    die();
  }

  void live(const RestoredLog& start) {
    script_seed_ = prng_.next();
    LogScript script(start, script_seed_, kCompactAbove);
    disk_.disk.stop_after(prng_.below(kChangesPerLife));
    if (prng_.chance(1, 3)) arm_random_error(disk_.disk, prng_, 100);
    try {
      for (std::uint64_t i = 0; i < kRequestsPerLife; ++i) {
        disk_.store().persist(script.next());
        if (prng_.chance(1, 2)) disk_.work();
        if (prng_.chance(1, 8)) disk_.workers.run(sqlite::Duty::Log, true);
      }
    } catch (const ProcessExit&) {
      ++tally_.died_in_work;
    }
    before_ = start;
    issued_ = script.seq;
    reported_ = disk_.reported;
    die();
  }

  // `found` is the log after some request that was issued, and not before the last one reported.
  void judge(const RestoredLog& found) {
    LogScript script(before_, script_seed_, kCompactAbove);
    while (script.seq < reported_) script.next();
    while (!sqlite::same_log(script.log, found)) {
      ASSERT_LT(script.seq, issued_)
          << where() << "requests up to " << reported_.value << " were reported and "
          << issued_.value << " issued; the log is that after none of these";
      script.next();
    }
    tally_.unreported_survived += script.seq > reported_ ? 1 : 0;
    tally_.unreported_lost += script.seq < issued_ ? 1 : 0;
    // The next process starts there.
    before_ = found;
    reported_ = issued_ = {};
  }

  const std::uint64_t seed_;
  Prng prng_;
  LogOnDisk disk_;
  Tally& tally_;
  int life_ = 0;
  std::uint64_t struck_ = 0;

  RestoredLog before_;
  std::uint64_t script_seed_ = 0;
  PersistSeq reported_;
  PersistSeq issued_;
};

TEST(LogCrash, WhatWasReportedIsThere) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= kSeeds && !HasFatalFailure(); ++seed) {
    Lives(seed, tally).run();
  }
  // All of it did happen.
  EXPECT_GT(tally.died_in_work, 100);
  EXPECT_GT(tally.died_in_start, 100);
  EXPECT_GT(tally.unreported_survived, 100);
  EXPECT_GT(tally.unreported_lost, 100);
  EXPECT_GT(tally.errors, 100U);
}

}  // namespace
}  // namespace confman::sim
