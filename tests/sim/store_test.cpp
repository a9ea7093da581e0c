#include <gtest/gtest.h>
#include <string>

#include "sim/model/sim_log_store.hpp"
#include "sim/model/sim_state_store.hpp"
#include "sim/world/sim_clock.hpp"

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
    request.hard_state = consensus::HardState{Term{1}, {}};
    request.append.push_back({LogIndex{index}, Term{1}, EntryKind::Command, make_payload("x")});
    log_.persist(std::move(request));
  }

  // Of a store that holds so many entries, durably.
  void write_all(std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i) write(i);
    log_.sync(PersistSeq{count});
  }

  SimLogStore log_{*this};
  PersistSeq synced_;

 private:
  void before_persist(const LogImage&, const PersistRequest&) override {}
  void after_persist(const LogImage&, const PersistRequest&) override {}
  void synced(const PersistRequest& request) override { synced_ = request.seq; }
};

TEST_F(LogDisk, ACrashKeepsWhatWasSynced) {
  write(1);
  write(2);
  log_.sync(PersistSeq{1});
  EXPECT_EQ(log_.written().last_index(), 2U);
  EXPECT_EQ(log_.durable().last_index(), 1U);
  log_.crash(0, Torn::No);
  EXPECT_EQ(log_.written().last_index(), 1U);
  EXPECT_EQ(log_.pending(), 0U);
}

TEST_F(LogDisk, ACrashMayKeepAPrefixOfTheRest) {
  for (std::uint64_t i = 1; i <= 4; ++i) write(i);
  log_.sync(PersistSeq{1});
  log_.crash(2, Torn::No);
  EXPECT_EQ(log_.durable().last_index(), 3U);
}

TEST_F(LogDisk, WhatBecomesDurableIsTold) {
  for (std::uint64_t i = 1; i <= 3; ++i) write(i);
  log_.sync(PersistSeq{1});
  EXPECT_EQ(synced_, PersistSeq{1});
  log_.crash(1, Torn::No);
  EXPECT_EQ(synced_, PersistSeq{2});
}

// Every scar is found by a start, and what was promised is still known.
TEST_F(LogDisk, AStartFindsDamage) {
  write_all(3);
  for (int scar = 0; scar < kScars; ++scar) {
    for (std::uint64_t index = 1; index <= 3; ++index) {
      SCOPED_TRACE(std::to_string(scar) + " at " + std::to_string(index));
      SimLogStore copy = log_;
      copy.damage(index, static_cast<Scar>(scar));
      EXPECT_EQ(copy.durable().last_index(), 3U) << "what it promised stays";
      const auto found = copy.recover();
      ASSERT_TRUE(found);
      ASSERT_TRUE(found->damaged);
      EXPECT_EQ(found->damaged->first(), LogIndex{index});
      EXPECT_EQ(found->damaged->promised.index, LogIndex{3});
      EXPECT_EQ(found->entries.size(), index - 1);
    }
  }
}

TEST_F(LogDisk, AnOverwrittenRecordMayComeBack) {
  write_all(2);
  PersistRequest request;
  request.seq = PersistSeq{3};
  request.truncate_from = LogIndex{2};
  request.append.push_back({LogIndex{2}, Term{2}, EntryKind::Command, make_payload("y")});
  request.hard_state = consensus::HardState{Term{2}, {}};
  log_.persist(request);
  log_.sync(PersistSeq{3});
  log_.damage(2, Scar::Stale);
  const auto found = log_.recover();
  ASSERT_TRUE(found && found->damaged);
  EXPECT_EQ(found->damaged->first(), LogIndex{2});
  ASSERT_TRUE(found->damaged->promised.term == Term{2});
}

TEST_F(LogDisk, WhatIsWrittenAnewIsWhole) {
  write_all(3);
  log_.damage(2, Scar::Flipped);
  log_.damage(3, Scar::Missing);
  log_.damage(4, Scar::Missing);
  EXPECT_EQ(log_.damaged(), 2U) << "there is no fourth";
  PersistRequest request;
  request.seq = PersistSeq{4};
  request.fill.push_back(log_.durable().find(2)->entry);
  log_.persist(request);
  log_.sync(PersistSeq{4});
  EXPECT_FALSE(log_.is_damaged(2));
  request.fill[0] = log_.durable().find(3)->entry;
  request.seq = PersistSeq{5};
  log_.persist(request);
  log_.sync(PersistSeq{5});
  const auto found = log_.recover();
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->damaged);
  EXPECT_EQ(found->entries.size(), 3U);
}

// It is read, and isn't believed once what stands before it is known: a budget that took it for
// whole would let the last whole copy of it be damaged elsewhere.
TEST_F(LogDisk, AnEntryWithAnotherChainValueCountsAsDamaged) {
  write_all(3);
  SimLogStore copy = log_;
  copy.damage(1, Scar::Missing);
  auto found = copy.recover().value();
  ASSERT_TRUE(found.damaged && found.damaged->slots.size() == 3);
  copy.note_damage(found);
  EXPECT_EQ(copy.damaged(), 1U);
  found.damaged->slots[1].chain ^= 1;
  copy.note_damage(found);
  EXPECT_EQ(copy.damaged(), 2U);
  EXPECT_TRUE(copy.is_damaged(2));
}

// The other one may have promised more, for all that a start can tell.
TEST_F(LogDisk, WithTheOlderPlaceOfItsHeadLostItDoesntStart) {
  write_all(2);
  log_.kill_head_slot(1);
  EXPECT_FALSE(log_.recover());
  write(3);
  log_.sync(PersistSeq{3});
  EXPECT_TRUE(log_.recover()) << "both places are written in turn";
}

TEST_F(LogDisk, WithTheNewerPlaceOfItsHeadLostItStartsAsPromised) {
  write_all(2);
  log_.kill_head_slot(0);
  log_.damage(2, Scar::Missing);
  const auto found = log_.recover();
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->damaged);
  EXPECT_EQ(found->damaged->promised.index, LogIndex{2});
  EXPECT_FALSE(log_.head_slot_dead()) << "it is recorded again";
}

TEST_F(LogDisk, ADeadPlaceOfItsHeadStaysDeadUntilItIsWritten) {
  write_all(2);
  log_.kill_head_slot(0);
  write(3);
  log_.sync(PersistSeq{3});
  EXPECT_FALSE(log_.recover()) << "by now it is the older one";
}

// The store is ahead of the head: the batch may stay, for nobody was told of it.
TEST_F(LogDisk, ATornBatchMayBeThere) {
  write_all(2);
  write(3);
  write(4);
  log_.crash(0, Torn::Whole);
  const auto found = log_.recover();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->entries.size(), 3U);
  EXPECT_FALSE(found->damaged);
  EXPECT_EQ(log_.durable().last_index(), 3U);
  EXPECT_EQ(synced_, PersistSeq{3});
}

TEST_F(LogDisk, ADamagedTornBatchIsDropped) {
  write_all(2);
  write(3);
  log_.crash(0, Torn::Damaged);
  const auto found = log_.recover();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->entries.size(), 2U);
  EXPECT_FALSE(found->damaged);
  EXPECT_EQ(log_.durable().last_index(), 2U);
  EXPECT_EQ(synced_, PersistSeq{2});
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
  clock.set_wall_offset(2'000'000, -500, false);
  EXPECT_EQ(clock.now(2'000'000).wall.ms, before - 500);
  EXPECT_EQ(clock.now(2'000'000).mono.us, 2'100'000) << "the wall clock alone was set";
  clock.jump(2'000'000, 50);
  EXPECT_EQ(clock.now(2'000'000).mono.us, 2'100'050);
}

TEST(SimClock, AWallClockStandsStillUntilItIsSet) {
  SimClock clock;
  clock.set_wall_offset(1'000'000, 7000, true);
  const std::int64_t stands = clock.now(1'000'000).wall.ms;
  EXPECT_EQ(clock.now(5'000'000).wall.ms, stands);
  EXPECT_EQ(clock.now(5'000'000).mono.us, 5'000'000);
  clock.set_wall_offset(5'000'000, 0, false);
  EXPECT_EQ(clock.now(6'000'000).wall.ms, stands - 7000 + 5000);
}

}  // namespace
}  // namespace confman::sim
