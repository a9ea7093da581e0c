#include <gtest/gtest.h>

#include "sim/sim_clock.hpp"
#include "sim/sim_log_store.hpp"
#include "sim/sim_state_store.hpp"

// What the simulated disks and clocks do beyond the contract of the ports: they fail on demand.
namespace confman::sim {
namespace {

using consensus::EntryKind;
using consensus::LogIndex;
using consensus::PersistRequest;
using consensus::PersistSeq;
using consensus::Term;

class LogDisk : public testing::Test, LogObserver {
 protected:
  void write(std::uint64_t index) {
    PersistRequest request;
    request.seq = PersistSeq{index};
    request.append.push_back({LogIndex{index}, Term{1}, EntryKind::Command, make_payload("x")});
    log_.persist(std::move(request));
  }

  SimLogStore log_{*this};

 private:
  void before_persist(const LogImage&, const PersistRequest&) override {}
  void after_persist(const LogImage&, const PersistRequest&) override {}
  std::uint64_t chain_of(consensus::LogId) const override { return 0; }
};

TEST_F(LogDisk, ACrashKeepsWhatWasSynced) {
  write(1);
  write(2);
  log_.sync(PersistSeq{1});
  EXPECT_EQ(log_.written().last_index(), 2U);
  EXPECT_EQ(log_.durable().last_index(), 1U);
  log_.crash(0);
  EXPECT_EQ(log_.written().last_index(), 1U);
  EXPECT_EQ(log_.pending(), 0U);
}

TEST_F(LogDisk, ACrashMayKeepAPrefixOfTheRest) {
  for (std::uint64_t i = 1; i <= 4; ++i) write(i);
  log_.sync(PersistSeq{1});
  log_.crash(2);
  EXPECT_EQ(log_.durable().last_index(), 3U);
}

class StateDisk : public testing::Test, ApplyObserver {
 protected:
  void apply(const std::string& key, const std::string& value) {
    state_.put(domain::Table::Entry, key, value);
    state_.command_applied();
  }
  std::string value_of(const std::string& key) {
    return state_.get(domain::Table::Entry, key).value_or("nothing");
  }

  SimStateStore state_{*this};

 private:
  std::uint64_t command_applied() override { return ++applied_; }
  std::uint64_t applied_ = 0;
};

TEST_F(StateDisk, ACrashGoesBackToABoundaryBehindTheLastFlush) {
  apply("a", "1");
  apply("a", "2");
  apply("b", "3");
  state_.flush(1);
  state_.crash(2);
  EXPECT_EQ(value_of("a"), "2");
  EXPECT_EQ(value_of("b"), "nothing");
  state_.crash(0);
  EXPECT_EQ(value_of("a"), "2") << "what survived a crash is durable";
}

TEST_F(StateDisk, ACrashUndoesErasuresAndHalfACommand) {
  apply("a", "1");
  state_.flush(1);
  state_.erase(domain::Table::Entry, "a");
  state_.put(domain::Table::Entry, "b", "2");
  state_.crash(1);
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_EQ(value_of("b"), "nothing");
}

TEST(SimClock, RunsAtItsRateAndTellsWhen) {
  SimClock clock;
  EXPECT_EQ(clock.now(1000).mono.us, 1000);
  clock.drift(1'000'000, 100'000);
  EXPECT_EQ(clock.now(2'000'000).mono.us, 2'100'000);
  for (const std::int64_t mono : {1'000'001, 1'500'000, 1'999'999, 2'100'001}) {
    const SimTime at = clock.when({mono});
    EXPECT_GE(clock.now(at).mono.us, mono);
    EXPECT_LT(clock.now(at - 1).mono.us, mono);
  }
  EXPECT_EQ(clock.when(Time::never()), INT64_MAX);
  const std::int64_t before = clock.now(2'000'000).wall.ms;
  clock.set_wall_offset(-500);
  EXPECT_EQ(clock.now(2'000'000).wall.ms, before - 500);
  EXPECT_EQ(clock.now(2'000'000).mono.us, 2'100'000) << "the monotonic clock doesn't jump";
}

}  // namespace
}  // namespace confman::sim
