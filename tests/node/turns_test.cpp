// What clients may ask of one turn of the loop: a crowd of heavy requests has to wait, and nobody
// has to wait for it.

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include "tests/support/memory_node.hpp"

namespace confman::node {
namespace {

constexpr std::size_t kStepRows = 20;
constexpr std::size_t kTurnRows = 30;
constexpr std::size_t kRowsPerMs = 10;
constexpr std::uint64_t kEntries = 300;
constexpr std::size_t kHeavy = 64;

class Turns : public ::testing::Test {
 protected:
  Turns() : node_(1, adjust) {
    while (!leads()) turn();
    make_namespace("/a");
    make_namespace("/b");
    for (std::uint64_t i = 0; i < kEntries; ++i) put("/a", "k" + std::to_string(i));
    drain();
    answers_.clear();
  }

  static void adjust(NodeConfig& config) {
    config.max_step_rows = kStepRows;
    config.max_turn_rows = kTurnRows;
    config.step_rows_per_ms = kRowsPerMs;
    config.max_woken_per_turn = kTurnRows;
  }
  bool leads() { return node_.node().status().raft.role == consensus::Role::Leader; }

  template <class Operation>
  std::uint64_t submit(Operation operation, Duration timeout = Duration::seconds(60)) {
    Request request;
    request.id = RequestId{++last_id_};
    request.deadline = now_.mono + timeout;
    request.operation = std::move(operation);
    node_.node().submit(now_, std::move(request));
    return last_id_;
  }
  std::uint64_t write(domain::CommandBody body) {
    Write write;
    write.command.actor = {domain::ActorType::User, "ann", {}};
    write.command.request_id = "r";
    write.command.body = std::move(body);
    return submit(std::move(write));
  }
  std::uint64_t put(const std::string& path, const std::string& key) {
    return write(domain::PutEntry{path, key, "text/plain", "v", {}, {}, {}});
  }
  void make_namespace(const std::string& path) { write(domain::PutNamespace{.path = path}); }
  std::uint64_t get(const std::string& key) {
    return submit(Read{.query = GetEntry{"/a", key, {}}, .consistency = Consistency::Stale});
  }
  // Looks at every event and finds nothing.
  std::uint64_t heavy(Duration timeout = Duration::seconds(60)) {
    domain::ListAudit list;
    list.path = "/";
    list.actor_id = "nobody";
    list.limit = 10;
    return submit(Read{.query = std::move(list), .consistency = Consistency::Stale}, timeout);
  }
  std::uint64_t watch(std::string path, domain::Revision after,
                      Duration timeout = Duration::seconds(60)) {
    Watch watch;
    watch.scope = {std::move(path), ""};
    watch.after = after;
    return submit(std::move(watch), timeout);
  }

  // A millisecond later; how many were answered.
  std::size_t turn() {
    now_.mono = now_.mono + Duration::millis(1);
    auto responses = node_.turn(now_);
    for (Response& response : responses) {
      const std::uint64_t id = response.id.value;
      answers_.insert_or_assign(id, std::move(response));
    }
    return responses.size();
  }
  bool answered(std::uint64_t id) const { return answers_.contains(id); }
  void drain() {
    for (int i = 0; i < 10'000 && answers_.size() < last_id_; ++i) turn();
  }
  const domain::ChangePage& page_of(std::uint64_t id) {
    return std::get<WatchDone>(answers_.at(id).outcome).page;
  }
  domain::Revision position() { return node_.node().status().state.applied; }
  std::uint64_t applied() { return position().index; }

  testing::MemoryNode node_;
  Now now_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Response> answers_;
};

TEST_F(Turns, AWriteBesideACrowdOfHeavyReadsIsAnsweredAsSoonAsAlone) {
  const auto turns_of_a_write = [this] {
    const std::uint64_t id = put("/b", "x");
    int turns = 0;
    while (!answered(id)) {
      turn();
      ++turns;
    }
    return turns;
  };
  const int alone = turns_of_a_write();
  for (std::size_t i = 0; i < kHeavy; ++i) heavy();
  EXPECT_EQ(turns_of_a_write(), alone);
}

TEST_F(Turns, HeavyReadsTakeTheirTimeByTheClockWhateverTheirNumber) {
  for (std::size_t i = 0; i < kHeavy; ++i) heavy();
  const std::size_t at_once = turn();
  EXPECT_GE(at_once, 1u);
  EXPECT_LE(at_once, 3u) << "a burst, and no more";
  std::size_t done = 0;
  constexpr int kTurns = 40;
  for (int i = 0; i < kTurns; ++i) done += turn();
  const std::size_t rows = done * kStepRows;
  EXPECT_LE(rows, kTurns * kRowsPerMs + 2 * kStepRows);
  EXPECT_GE(rows, kTurns * kRowsPerMs / 2) << "they get their share";
}

// The clock tells how long a turn with a long step lasted, for whatever reason.
TEST_F(Turns, AfterALongTurnHeavyReadsRestForTwiceAsLong) {
  for (std::size_t i = 0; i < kHeavy; ++i) heavy();
  for (std::size_t i = 0; i < kHeavy; ++i) turn();  // all have had their first look
  while (turn() == 0) {
  }
  EXPECT_LE(node_.node().next_deadline(), now_.mono) << "to see how long it took";
  now_.mono = now_.mono + Duration::millis(49);
  std::size_t done = turn();  // fifty in all
  EXPECT_EQ(done, 0u);
  int rest = 1;
  for (; turn() == 0; ++rest) {
  }
  EXPECT_EQ(rest, 100);
}

TEST_F(Turns, TheLoopIsToTurnAgainWhileSomebodyWaits) {
  EXPECT_GT(node_.node().next_deadline(), now_.mono + Duration::millis(5));
  for (std::size_t i = 0; i < 2 * kTurnRows; ++i) get("k1");
  turn();
  EXPECT_LE(node_.node().next_deadline(), now_.mono) << "at once";
  turn();
  EXPECT_GT(node_.node().next_deadline(), now_.mono);
  for (std::size_t i = 0; i < kHeavy; ++i) heavy();
  for (std::size_t i = 0; i < kHeavy; ++i) turn();  // all have had their first look
  EXPECT_LE(node_.node().next_deadline(), now_.mono + Duration::millis(kStepRows / kRowsPerMs + 1))
      << "when the next step has its time";
}

TEST_F(Turns, SingleReadsDontWaitBehindHeavyOnes) {
  for (std::size_t i = 0; i < kHeavy; ++i) heavy();
  const std::uint64_t id = get("k1");
  turn();
  EXPECT_TRUE(answered(id));
}

TEST_F(Turns, SmallListingsDontWaitBehindHeavyOnes) {
  for (std::size_t i = 0; i < kHeavy; ++i) heavy();
  for (std::size_t i = 0; i < kHeavy; ++i) turn();
  domain::ListEntries list;
  list.path = "/a";
  list.limit = 5;
  const std::uint64_t id = submit(Read{.query = list, .consistency = Consistency::Stale});
  turn();
  EXPECT_TRUE(answered(id));
}

TEST_F(Turns, ACrowdOfSingleReadsIsSpreadOverTurns) {
  for (std::size_t i = 0; i < 10 * kTurnRows; ++i) get("k1");
  std::size_t turns = 0;
  for (std::size_t left = 10 * kTurnRows; left > 0; ++turns) {
    const std::size_t done = turn();
    ASSERT_GT(done, 0u);
    EXPECT_LE(done, kTurnRows);
    left -= done;
  }
  EXPECT_EQ(turns, 10u);
}

TEST_F(Turns, AReadWhoseTurnDoesntComeInTimeIsToldThatTheNodeIsBusy) {
  for (std::size_t i = 0; i < kHeavy; ++i) heavy();
  const std::uint64_t late = heavy(Duration::millis(5));
  for (int i = 0; i < 10; ++i) turn();
  ASSERT_TRUE(answered(late));
  EXPECT_EQ(std::get<Failed>(answers_.at(late).outcome).why, Failure::Busy);
}

TEST_F(Turns, APageIsOfOneStateAndSaysOfWhich) {
  domain::ListEntries list;
  list.path = "/a";
  list.limit = 1000;
  const std::uint64_t id = submit(Read{.query = list, .consistency = Consistency::Stale});
  put("/a", "later");
  while (!answered(id)) turn();
  const Response& response = answers_.at(id);
  const auto& page = std::get<domain::EntryPage>(std::get<ReadDone>(response.outcome).answer);
  EXPECT_EQ(page.items.size(), kStepRows) << "it ends early";
  EXPECT_TRUE(page.resume);
  EXPECT_EQ(response.revision.index, applied());
}

TEST_F(Turns, AWatchThatCatchesUpInAForeignScopeGoesOnByItselfAndInTurn) {
  std::vector<std::uint64_t> watches;
  for (std::size_t i = 0; i < kHeavy; ++i) watches.push_back(watch("/b", {}));
  turn();
  const std::uint64_t write_id = put("/b", "x");
  turn();
  turn();
  turn();
  EXPECT_TRUE(answered(write_id));
  for (int i = 0; i < 5000 && !answered(watches.back()); ++i) turn();
  for (const std::uint64_t id : watches) {
    turn();
    ASSERT_TRUE(answered(id)) << "all get there at about the same time";
    ASSERT_EQ(page_of(id).changes.size(), 1u);
    EXPECT_EQ(page_of(id).changes[0].key, "x");
  }
}

TEST_F(Turns, AWatchInTheMiddleOfItsCatchingUpSpeaksForWhatItHasSeen) {
  const std::uint64_t id = watch("/b", {}, Duration::millis(10));
  for (int i = 0; i < 20; ++i) turn();
  ASSERT_TRUE(answered(id));
  EXPECT_TRUE(page_of(id).changes.empty());
  EXPECT_GT(page_of(id).through, 0u);
  EXPECT_LT(page_of(id).through, applied());
}

TEST_F(Turns, AWatchWithoutTimeToWaitHasItsLook) {
  const std::uint64_t id = watch("/a", {}, Duration::millis(0));
  turn();
  ASSERT_TRUE(answered(id));
  EXPECT_FALSE(page_of(id).changes.empty());
}

TEST_F(Turns, ManyWatchersOfOneChangeAllHearOfItOverSeveralTurns) {
  constexpr std::size_t kWatchers = 500;
  std::vector<std::uint64_t> watches;
  for (std::size_t i = 0; i < kWatchers; ++i) watches.push_back(watch("/b", position()));
  for (int i = 0; i < 50; ++i) turn();
  put("/b", "x");
  std::size_t done = 0;
  for (int i = 0; i < 1000 && done < kWatchers + 1; ++i) {
    const std::size_t now = turn();
    EXPECT_LE(now, kTurnRows + 1);
    done += now;
  }
  for (const std::uint64_t id : watches) EXPECT_EQ(page_of(id).changes.size(), 1u);
}

// A change has been applied, and the watch has not been woken yet when its time is over: its empty
// page must not claim that it has seen it.
TEST_F(Turns, AWatchThatEndsBeforeItIsWokenDoesntPassTheChange) {
  constexpr std::size_t kWatchers = 500;
  const domain::Revision before = position();
  std::vector<std::uint64_t> watches;
  for (std::size_t i = 0; i < kWatchers; ++i) {
    watches.push_back(watch("/b", before, Duration::millis(30)));
  }
  for (int i = 0; i < 24; ++i) turn();
  put("/b", "x");
  while (answers_.size() < last_id_ - (kEntries + 2)) turn();
  std::size_t empty = 0;
  for (const std::uint64_t id : watches) {
    if (!page_of(id).changes.empty()) continue;
    ++empty;
    EXPECT_EQ(page_of(id).through, before.index);
  }
  EXPECT_GT(empty, 0u) << "or the test tests nothing";
}

}  // namespace
}  // namespace confman::node
