// A state that is read through while it is in use: what is wrong with it is found. That nothing is
// found where nothing is wrong is tried in tests/sim_storage, on a disk that costs nothing.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "adapters/sqlite/state/marks.hpp"
#include "adapters/sqlite/state/scrub.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "sim/storage/sim_workers.hpp"
#include "tests/sqlite/state_fill.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

using consensus::LogIndex;
using domain::Table;

// How the process ended.
struct Died {
  int exit_code{};
  std::string message;
};

class StateScrubTest : public testing::Test {
 protected:
  // A process on the state, which works when it is told to.
  struct Process {
    Process(const TestDir& test, ScrubLimits limits)
        : dir(open_dir(test.data(), {.workers = &workers})) {
      StateDatabase::Options options;
      options.scrub = limits;
      options.scrubbed = [this](const ScrubProgress& progress) { told.push_back(progress); };
      options.fatal = [](const FatalError& error) { throw Died{error.exit_code, error.message}; };
      auto opened = StateDatabase::open(dir, options, [](LogIndex) {});
      if (!opened) {
        refusal = opened.error().code;
        return;
      }
      store = std::move(*opened);
    }
    ~Process() { workers.kill(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void step() { workers.run(Duty::State, true); }
    void scrub() {
      while (!store->scrubbed().done) step();
    }
    void flush() {
      store->flush();
      while (workers.has_work(Duty::State)) workers.run(Duty::State);
      store->collect();
    }

    sim::SimWorkers workers;
    std::vector<ScrubProgress> told;
    DataDir dir;
    std::unique_ptr<StateDatabase> store;
    std::string refusal;
  };

  void fill(std::uint64_t commands) {
    Process process(test_dir_, {});
    for (std::uint64_t n = 1; n <= commands; ++n) apply_one(*process.store, n);
    process.store->stop();
  }
  void run_sql(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((test_dir_.data() / "state.db").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  // What the scrub says; "": nothing.
  std::string verdict(ScrubLimits limits = {}) {
    Process process(test_dir_, limits);
    if (!process.store) return process.refusal;
    try {
      process.scrub();
    } catch (const Died& died) {
      EXPECT_EQ(died.exit_code, kExitData);
      EXPECT_EQ(marks().suspect(), died.message);
      EXPECT_TRUE(marks().clear());
      return died.message;
    }
    process.store->stop();
    return "";
  }
  StateMarks marks() const { return {posix_file_system(), test_dir_.data()}; }

  TestDir test_dir_;
};

TEST_F(StateScrubTest, ReadsAWholeStateToItsEnd) {
  fill(300);
  std::uint64_t rows = 0;
  for (const std::size_t step : {1U, 7U, 256U}) {
    Process process(test_dir_, {.rows_per_step = step});
    int steps = 0;
    for (; !process.store->scrubbed().done; ++steps) process.step();
    ASSERT_EQ(process.told.size(), 2U);
    EXPECT_FALSE(process.told[0].done);
    EXPECT_TRUE(process.told[1].done);
    rows = process.told[1].rows;
    EXPECT_GT(rows, 800U) << "versions, events, heads and outcomes";
    EXPECT_GE(steps, static_cast<int>(rows / step)) << "its speed is bounded";
    EXPECT_LE(steps, static_cast<int>(rows / step) + 1);
  }
  Process process(test_dir_, {.bytes_per_step = 1});
  process.step();
  EXPECT_EQ(process.store->scrubbed().rows, 1U) << "also by the size of the rows";
}

TEST_F(StateScrubTest, AnEmptyStateIsWhole) {
  EXPECT_EQ(verdict(), "");
}

// SQLite finds nothing wrong with any of these, and no read would.
TEST_F(StateScrubTest, MissingAndOldRowsAreFound) {
  const std::string sums = "its rows are not those that table meta sums up";
  const std::pair<const char*, std::string> damages[] = {
      {"DELETE FROM versions WHERE id = (SELECT max(id) FROM versions)", "is damaged"},
      {"DELETE FROM versions WHERE id = (SELECT min(id) FROM versions)", sums},
      {"DELETE FROM entry_heads WHERE key = 'key82'", sums},
      {"UPDATE entry_heads SET version_id = (SELECT id FROM versions AS v WHERE v.key = 'key82'"
       " AND v.version = 1) WHERE key = 'key82'",
       sums},
      {"DELETE FROM audit WHERE log_index = 7", "an event of table audit"},
      {"DELETE FROM audit WHERE log_index > 290", "the events of table audit"},
      {"DELETE FROM outcomes WHERE idempotency_key = 'try-9'", sums},
      {"DELETE FROM outcome_expiry WHERE idempotency_key = 'try-9'", sums},
      {"UPDATE versions SET value = x'00' WHERE id = 3", "a row of table versions is damaged"},
      {"DELETE FROM cluster", sums}};
  for (const auto& [sql, expected] : damages) {
    std::filesystem::remove_all(test_dir_.data());
    fill(300);
    run_sql(sql);
    EXPECT_NE(verdict({.rows_per_step = 50}).find(expected), std::string::npos) << sql;
  }
}

// Also what the process is told to write over before the scrub comes to it.
TEST_F(StateScrubTest, ARowThatIsWrittenOverIsFoundAllTheSame) {
  fill(100);
  run_sql("DELETE FROM entry_heads WHERE key = 'key82'");
  Process process(test_dir_, {.rows_per_step = 1});
  process.step();
  const Bytes key = domain::keys::of_entry("/", "key82");
  EXPECT_EQ(process.store->get(Table::Entry, key), std::nullopt);
  domain::Command command;
  command.stamp = {domain::meta_of(*process.store).last_stamp.wall_ms + 1, 0};
  command.body = domain::PutEntry{"/", "key82", "text/plain", "new", {}, "", {}};
  domain::apply(*process.store, {1, 101, 5}, command);
  process.flush();
  EXPECT_THROW(process.scrub(), Died);
}

// Whoever rewrites the digest after an event was taken out can't rewrite its successors' chain.
TEST_F(StateScrubTest, AForgedDigestDoesNotHideAMissingEvent) {
  fill(60);
  {
    Process process(test_dir_, {.rows_per_step = 0});
    StateDatabase& store = *process.store;
    auto meta = domain::meta_of(store);
    const Bytes key = domain::keys::of_audit(30, 0);
    const auto digest =
        domain::digest_of_row(Table::Audit, key, store.get(Table::Audit, key).value());
    meta.digest_low -= digest.low;
    meta.digest_high -= digest.high;
    --meta.audit_events;
    store.erase(Table::Audit, key);
    store.put(Table::Meta, domain::keys::kMeta, domain::encode(meta));
    store.command_applied();
    store.stop();
  }
  EXPECT_NE(verdict().find("doesn't follow from the one before"), std::string::npos);
}

TEST_F(StateScrubTest, CountsAreCompared) {
  for (const auto count : {&domain::MetaRow::namespaces, &domain::MetaRow::live_entries,
                           &domain::MetaRow::outcomes, &domain::MetaRow::audit_events}) {
    std::filesystem::remove_all(test_dir_.data());
    fill(30);
    {
      Process process(test_dir_, {.rows_per_step = 0});
      auto meta = domain::meta_of(*process.store);
      ++(meta.*count);
      process.store->put(Table::Meta, domain::keys::kMeta, domain::encode(meta));
      process.store->command_applied();
      process.store->stop();
    }
    EXPECT_NE(verdict(), "");
  }
}

TEST_F(StateScrubTest, HoldsNothingBetweenItsSteps) {
  fill(51);
  Process process(test_dir_, {.rows_per_step = 1});
  process.step();
  process.step();
  apply_one(*process.store, 52);
  process.store->stop();
  EXPECT_EQ(std::filesystem::file_size(test_dir_.data() / "state.db-wal"), 0U);
}

// An orderly stop vouches for nothing: what somebody did to the file while the process ran is in
// it.
TEST_F(StateScrubTest, FollowsAnOrderlyStopToo) {
  fill(51);
  {
    Process process(test_dir_, {});
    process.scrub();
    run_sql("DELETE FROM audit WHERE log_index > 20 AND log_index < 37");
    process.store->stop();
  }
  EXPECT_NE(verdict(), "");
}

// A start that is ended by what it would have found has nothing to tell the next one.
TEST_F(StateScrubTest, AfterSomeStartsThatDidNotComeToItsEndTheNextReadsTheRowsFirst) {
  fill(51);
  run_sql("DELETE FROM outcomes WHERE idempotency_key = 'try-9'");
  for (std::uint64_t i = 0; i < StateMarks::kUnscrubbedStarts; ++i) {
    Process process(test_dir_, {.rows_per_step = 1});
    ASSERT_TRUE(process.store);
    process.step();
  }
  EXPECT_EQ(verdict(), "store_malformed");
}

TEST_F(StateScrubTest, AStartThatReadTheRowsCountsAsOne) {
  fill(51);
  for (std::uint64_t i = 0; i <= StateMarks::kUnscrubbedStarts; ++i) {
    Process process(test_dir_, {.rows_per_step = 1});
    ASSERT_TRUE(process.store);
  }
  EXPECT_EQ(marks().count_start(), 0U);
}

TEST_F(StateScrubTest, AScrubThatCameToItsEndCountsAsOne) {
  fill(51);
  for (int i = 0; i < 10; ++i) {
    Process process(test_dir_, {});
    ASSERT_TRUE(process.store);
    process.scrub();
    EXPECT_EQ(marks().count_start(), 0U);
    EXPECT_TRUE(marks().clear_starts());
  }
}

TEST_F(StateScrubTest, AReadThatMeetsDamageLeavesAMark) {
  fill(51);
  run_sql("UPDATE versions SET updated_ms = updated_ms + 1");
  Process process(test_dir_, {});
  EXPECT_EQ(marks().suspect(), std::nullopt);
  const auto all = [](ByteView, ByteView) { return true; };
  EXPECT_THROW(process.store->scan(Table::Entry, "", "", all), Died);
  EXPECT_EQ(marks().suspect(), "state.db: a row of table entries is damaged");
}

// What is in a write-ahead log that was being moved is the one half of a state.
TEST_F(StateScrubTest, AWriteAheadLogThatWasBeingMovedIsMissed) {
  fill(51);
  run_sql("DELETE FROM outcomes WHERE idempotency_key = 'try-9'");
  EXPECT_TRUE(marks().set_moving({1, 2}, 5));
  EXPECT_EQ(verdict(), "store_malformed") << "the rows are read first";
}

}  // namespace
}  // namespace confman::sqlite
