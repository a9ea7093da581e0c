#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/check/final_state.hpp"
#include "sim/check/session.hpp"
#include "sim/check/watch.hpp"
#include "tests/check/history_builders.hpp"

// Each checker passes a true history and names each forged violation of it.
namespace confman::sim {
namespace {

using namespace testing_history;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> properties(const Violations& violations) {
  std::vector<std::string> names;
  for (const Violation& v : violations) {
    names.push_back(v.property);
    EXPECT_FALSE(v.sentence.empty());
  }
  return names;
}

// ---- read-your-writes -----------------------------------------------------------------------

TEST(ReadYourWrites, OwnWritesAreSeen) {
  const std::vector<OpRecord> ops{
      put(1, 1, 2, 1, 10, 5),          read(2, 3, 4, 1, 10, 5),
      put(3, 5, 6, 2, 11, 7),          reading_at_least(read(4, 7, 8, 2, 11, 7), 7),
      erase(5, 9, 10, 3, 9),           read(6, 11, 12, 0, 0, 9),
      stale(read(7, 13, 14, 1, 10, 5))};
  EXPECT_THAT(check_read_your_writes(ops), IsEmpty());
}

TEST(ReadYourWrites, LinearizableReadThatMissesAWrite) {
  EXPECT_THAT(properties(check_read_your_writes({put(1, 1, 2, 2, 10, 5), read(2, 3, 4, 1, 9, 6)})),
              ElementsAre("read_your_writes"));
}

TEST(ReadYourWrites, ConcurrentReadMayMissIt) {
  EXPECT_THAT(check_read_your_writes({put(1, 1, 4, 2, 10, 5), read(2, 3, 4, 1, 9, 3)}), IsEmpty());
}

TEST(ReadYourWrites, AnswerOlderThanAskedFor) {
  EXPECT_THAT(properties(check_read_your_writes({reading_at_least(read(1, 1, 2, 1, 9, 4), 5)})),
              ElementsAre("read_your_writes"));
}

TEST(ReadYourWrites, CoveredWriteIsMissed) {
  EXPECT_THAT(properties(check_read_your_writes(
                  {put(1, 1, 2, 2, 10, 5), reading_at_least(read(2, 3, 4, 1, 9, 6), 5)})),
              ElementsAre("read_your_writes"));
}

TEST(ReadYourWrites, WriteBeyondTheTokenMayBeMissed) {
  EXPECT_THAT(
      check_read_your_writes({put(1, 1, 2, 2, 10, 5), reading_at_least(read(2, 3, 4, 1, 9, 4), 4)}),
      IsEmpty());
}

TEST(ReadYourWrites, AbsentAtTheRevisionOfThePut) {
  EXPECT_THAT(properties(check_read_your_writes({put(1, 1, 2, 2, 10, 5), read(2, 3, 4, 0, 0, 5)})),
              ElementsAre("read_your_writes"));
}

TEST(ReadYourWrites, TombstoneReadAlive) {
  EXPECT_THAT(properties(check_read_your_writes({erase(1, 1, 2, 2, 5), read(2, 3, 4, 2, 9, 5)})),
              ElementsAre("read_your_writes"));
}

// ---- monotonic reads ----------------------------------------------------------------------------

TEST(MonotonicReads, GrowingReadsPass) {
  EXPECT_THAT(check_monotonic_reads({read(1, 1, 2, 1, 9, 4), read(2, 3, 4, 2, 10, 6),
                                     stale(read(3, 5, 6, 1, 9, 4)), read(4, 7, 8, 0, 0, 7)}),
              IsEmpty());
}

TEST(MonotonicReads, RevisionGoesBack) {
  EXPECT_THAT(properties(check_monotonic_reads({read(1, 1, 2, 2, 10, 6), read(2, 3, 4, 2, 10, 5)})),
              ElementsAre("monotonic_reads"));
}

TEST(MonotonicReads, VersionGoesBack) {
  EXPECT_THAT(properties(check_monotonic_reads({read(1, 1, 2, 2, 10, 6), read(2, 3, 4, 1, 9, 6)})),
              ElementsAre("monotonic_reads"));
}

TEST(MonotonicReads, OneRevisionShowsTwoStates) {
  EXPECT_THAT(properties(check_monotonic_reads({read(1, 1, 2, 2, 10, 6), read(2, 3, 4, 3, 9, 6)})),
              ElementsAre("monotonic_reads"));
}

TEST(MonotonicReads, OtherSessionsAndUncoveredReadsPromiseNothing) {
  OpRecord other = read(2, 3, 4, 1, 9, 4);
  other.session = 2;
  EXPECT_THAT(check_monotonic_reads(
                  {read(1, 1, 2, 2, 10, 6), other, reading_at_least(read(3, 5, 6, 1, 9, 5), 5)}),
              IsEmpty());
}

// ---- final state ------------------------------------------------------------------------------

History true_history() {
  return {{put(1, 1, 2, 1, 10, 5), with(put(2, 3, 4, 0, 11, 0), Outcome::Unknown),
           erase(3, 5, 6, 3, 9), read(4, 2, 3, 1, 10, 5), stale(read(5, 7, 8, 2, 11, 7)),
           with(put(6, 9, 10, 0, 12, 0), Outcome::NotDone),
           with(put(7, 11, 12, 0, 13, 0), Outcome::Refused)},
          {kept(1, 10, 5), kept(2, 11, 7), kept(3, 0, 9)}};
}

TEST(FinalState, TrueHistoryPasses) {
  EXPECT_THAT(check_no_lost_acknowledgement(true_history()), IsEmpty());
  EXPECT_THAT(check_no_duplicate_apply(true_history()), IsEmpty());
  EXPECT_THAT(check_no_phantom(true_history()), IsEmpty());
}

TEST(LostAcknowledgement, VersionIsGone) {
  History history = true_history();
  history.final_history.pop_back();
  EXPECT_THAT(properties(check_no_lost_acknowledgement(history)),
              ElementsAre("lost_acknowledgement"));
}

TEST(LostAcknowledgement, OtherContentUnderTheVersion) {
  History history = true_history();
  history.final_history[0].value = 99;
  history.final_history[2] = kept(3, 14, 9);
  EXPECT_THAT(properties(check_no_lost_acknowledgement(history)),
              ElementsAre("lost_acknowledgement", "lost_acknowledgement"));
}

TEST(LostAcknowledgement, OtherRevisionUnderTheVersion) {
  History history = true_history();
  history.final_history[0].revision = at(4);
  EXPECT_THAT(properties(check_no_lost_acknowledgement(history)),
              ElementsAre("lost_acknowledgement"));
}

TEST(DuplicateApply, OnePutMadeTwoVersions) {
  History history = true_history();
  history.final_history.push_back(kept(4, 11, 11));
  EXPECT_THAT(properties(check_no_duplicate_apply(history)), ElementsAre("duplicate_apply"));
}

TEST(DuplicateApply, OneIdempotencyKeyMadeTwoVersions) {
  History history = true_history();
  history.final_history[1].idempotency_key = 77;
  history.final_history[2].idempotency_key = 77;
  EXPECT_THAT(properties(check_no_duplicate_apply(history)), ElementsAre("duplicate_apply"));
}

TEST(DuplicateApply, TwoPutsOfOneValueMayMakeTwoVersions) {
  History history = true_history();
  history.operations.push_back(put(8, 13, 14, 4, 11, 11));
  history.final_history.push_back(kept(4, 11, 11));
  EXPECT_THAT(check_no_duplicate_apply(history), IsEmpty());
}

TEST(DuplicateApply, VersionsAndRevisionsMustGrow) {
  History skipped = true_history();
  skipped.final_history[2].version = 4;
  EXPECT_THAT(properties(check_no_duplicate_apply(skipped)), ElementsAre("duplicate_apply"));
  History backwards = true_history();
  backwards.final_history[2].revision = at(7);
  EXPECT_THAT(properties(check_no_duplicate_apply(backwards)), ElementsAre("duplicate_apply"));
}

TEST(Phantom, VersionOfARefusedOrUndonePut) {
  for (const std::uint64_t value : {12, 13, 999}) {
    History history = true_history();
    history.final_history.push_back(kept(4, value, 11));
    EXPECT_THAT(properties(check_no_phantom(history)), ElementsAre("phantom"));
  }
}

TEST(Phantom, TombstoneWithoutADelete) {
  History history = true_history();
  history.final_history.push_back(kept(4, 0, 11));
  EXPECT_THAT(properties(check_no_phantom(history)), ElementsAre("phantom"));
  history.operations.push_back(with(erase(8, 13, 14, 0, 0), Outcome::Unknown));
  EXPECT_THAT(check_no_phantom(history), IsEmpty());
}

TEST(Phantom, StaleReadOfWhatNobodyWrote) {
  History history = true_history();
  history.operations[4].value = 13;
  EXPECT_THAT(properties(check_no_phantom(history)), ElementsAre("phantom"));
}

TEST(Phantom, ReadThatEndedBeforeThePutBegan) {
  History history = true_history();
  history.operations[4].called = 1;
  history.operations[4].returned = 2;
  EXPECT_THAT(properties(check_no_phantom(history)), ElementsAre("phantom"));
}

TEST(Phantom, ReadThatDisagreesWithTheKeptVersion) {
  History other_value = true_history();
  other_value.operations[4].value = 10;
  EXPECT_THAT(properties(check_no_phantom(other_value)), ElementsAre("phantom"));
  History no_version = true_history();
  no_version.operations[4].version = 8;
  EXPECT_THAT(properties(check_no_phantom(no_version)), ElementsAre("phantom"));
}

// ---- watches ------------------------------------------------------------------------------------

const FinalHistory kChanges{kept(1, 10, 5),           kept(1, 20, 6, "/ab/x"), kept(2, 11, 7),
                            kept(1, 30, 8, "/a/b/z"), kept(1, 31, 8, "/a/m"),  kept(3, 0, 9)};

WatchRecord true_watch() {
  return {.watcher = 1,
          .scope = "/a",
          .start = at(5),
          .received = {kChanges[2], kChanges[3], kChanges[4], kChanges[5]},
          .complete_to = at(12)};
}

TEST(Watch, TrueWatchPasses) {
  EXPECT_THAT(check_watch(true_watch(), kChanges), IsEmpty());
  const WatchRecord everything{
      .watcher = 2, .scope = "/", .start = {}, .received = kChanges, .complete_to = {}};
  EXPECT_THAT(check_watch(everything, kChanges), IsEmpty());
}

TEST(Watch, MayEndAnywhereWithoutABookmark) {
  WatchRecord watch = true_watch();
  watch.complete_to = {};
  while (!watch.received.empty()) {
    watch.received.pop_back();
    EXPECT_THAT(check_watch(watch, kChanges), IsEmpty());
  }
}

TEST(Watch, GapInTheMiddleAndBeforeABookmark) {
  for (const std::size_t lost : {0, 1, 2, 3}) {
    WatchRecord watch = true_watch();
    watch.received.erase(watch.received.begin() + static_cast<std::ptrdiff_t>(lost));
    EXPECT_THAT(properties(check_watch(watch, kChanges)), ElementsAre("watch_gap"));
  }
}

TEST(Watch, DuplicateAfterAReconnect) {
  WatchRecord watch = true_watch();
  watch.received.push_back(kChanges[4]);
  EXPECT_THAT(properties(check_watch(watch, kChanges)), ElementsAre("watch_duplicate"));
}

TEST(Watch, Reordered) {
  WatchRecord watch = true_watch();
  std::swap(watch.received[0], watch.received[3]);
  EXPECT_THAT(properties(check_watch(watch, kChanges)),
              ElementsAre("watch_order", "watch_order", "watch_order"));
}

TEST(Watch, EventsFromBeforeTheStartOrOutsideTheScopeOrFromNowhere) {
  for (const FinalVersion& event : {kChanges[0], kChanges[1], kept(4, 12, 10)}) {
    WatchRecord watch = true_watch();
    watch.received.push_back(event);
    EXPECT_THAT(properties(check_watch(watch, kChanges)), ElementsAre("watch_phantom"));
  }
}

TEST(Watch, WrongContent) {
  WatchRecord watch = true_watch();
  watch.received[0].value = 99;
  EXPECT_THAT(properties(check_watch(watch, kChanges)), ElementsAre("watch_content"));
}

}  // namespace
}  // namespace confman::sim
