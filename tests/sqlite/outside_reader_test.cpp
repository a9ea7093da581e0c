// Somebody reads with the sqlite3 shell, which docs/operations.md invites to.

#include "tests/sqlite/outside_reader.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "adapters/sqlite/log/store.hpp"
#include "adapters/sqlite/state/marks.hpp"
#include "adapters/sqlite/state/recovery.hpp"
#include "sim/storage/sim_workers.hpp"
#include "tests/sqlite/state_fill.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

using consensus::LogIndex;

class OutsideReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!OutsideReader::is_installed()) GTEST_SKIP() << "sqlite3 isn't installed";
  }

  // A process on the state that works when it is told to. Ends as by a kill, unless it is stopped.
  struct Process {
    explicit Process(const TestDir& test) : dir(open_dir(test.data(), {.workers = &workers})) {
      const consensus::RestoredLog log;
      auto opened = open_state(dir, {}, [](LogIndex) {}, {consensus::MemberId{1}, log, 1});
      EXPECT_TRUE(opened) << opened.error().message;
      if (opened) store = std::move(opened->store);
    }
    ~Process() { workers.kill(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void apply(int commands) {
      for (int i = 0; i < commands; ++i) apply_one(*store, store->position().index + 1);
      store->flush_and_wait();
    }

    sim::SimWorkers workers;
    DataDir dir;
    std::unique_ptr<StateDatabase> store;
  };

  std::string file() const { return (test_.data() / "state.db").string(); }
  std::uint64_t wal_bytes() const {
    std::error_code none;
    const auto size = std::filesystem::file_size(file() + "-wal", none);
    return none ? 0 : size;
  }
  void forget_what_is_synced() const { std::filesystem::remove(test_.data() / "state.synced"); }

  TestDir test_;
};

TEST_F(OutsideReaderTest, AStartGoesOnBesideIt) {
  for (const bool reads_the_newest : {true, false}) {
    std::filesystem::remove_all(test_.data());
    std::optional<OutsideReader> reader;
    {
      Process process(test_);
      process.apply(20);
      if (!reads_the_newest) reader.emplace(file(), "audit");
      process.apply(20);
      if (reads_the_newest) reader.emplace(file(), "audit");
    }
    // Starts that know that what they read is durable, and starts that have to see to it.
    for (std::uint64_t start = 0; start < 5; ++start) {
      if (start % 2 == 0) forget_what_is_synced();
      Process process(test_);
      ASSERT_TRUE(process.store);
      EXPECT_EQ(process.store->position().index, 40U + 10 * start);
      EXPECT_TRUE(is_whole(*process.store));
      process.apply(10);
      if (start == 1) process.store->stop();
    }
    EXPECT_GT(wal_bytes(), 0U) << "the reader needs it";
    EXPECT_TRUE(reader->finish());
    forget_what_is_synced();
    Process process(test_);
    EXPECT_EQ(process.store->position().index, 90U);
    EXPECT_TRUE(is_whole(*process.store));
    EXPECT_EQ(wal_bytes(), 0U);
  }
}

TEST_F(OutsideReaderTest, AStateIsReplacedBesideIt) {
  for (const bool reads_the_newest : {true, false}) {
    std::filesystem::remove_all(test_.data());
    TestDir other;
    {
      Process process(other);
      process.apply(90);
      process.store->stop();
    }
    Process process(test_);
    process.apply(20);
    std::optional<OutsideReader> reader;
    if (!reads_the_newest) reader.emplace(file(), "audit");
    process.apply(20);
    if (reads_the_newest) reader.emplace(file(), "audit");
    const auto replacement = process.dir.file("state.db.new");
    std::filesystem::copy_file(other.data() / "state.db", replacement);
    process.store->replace(replacement);
    EXPECT_EQ(process.store->position().index, 90U);
    process.apply(10);
    EXPECT_TRUE(is_whole(*process.store));
    EXPECT_TRUE(reader->finish());
    process.store->stop();
    EXPECT_TRUE(is_whole(*process.store));
  }
}

TEST_F(OutsideReaderTest, AStateIsSetAsideBesideIt) {
  std::optional<OutsideReader> reader;
  {
    Process process(test_);
    process.apply(20);
    reader.emplace(file(), "audit");
    StateMarks(posix_file_system(), test_.data()).set_suspect("it was found");
  }
  Process process(test_);
  ASSERT_TRUE(process.store);
  EXPECT_EQ(process.store->position().index, 0U);
  process.apply(30);
  EXPECT_TRUE(is_whole(*process.store));
  EXPECT_TRUE(reader->finish());
  EXPECT_TRUE(is_whole(*process.store));
}

TEST_F(OutsideReaderTest, OfTheLogIsNamed) {
  {
    DataDir dir = open_dir(test_.data());
    ASSERT_TRUE(LogStore::open(dir, {}, [](consensus::PersistSeq) {}));
  }
  const OutsideReader reader((test_.data() / "log.db").string(), "identity");
  DataDir dir = open_dir(test_.data());
  const auto opened = LogStore::open(dir, {}, [](consensus::PersistSeq) {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "store_in_use");
  EXPECT_NE(opened.error().message.find("log.db is in use by another program"), std::string::npos)
      << opened.error().message;
}

// Its operator would look for a broken disk.
TEST(Fatal, ALockOfAnotherProgramIsNoFaultOfTheDisk) {
  const auto fatal = to_fatal("state.db", SqliteError{SQLITE_BUSY, "database is locked"});
  EXPECT_EQ(fatal.exit_code, kExitInUse);
  EXPECT_NE(fatal.message.find("state.db is locked by another program"), std::string::npos);
  EXPECT_EQ(to_fatal("state.db", SqliteError{SQLITE_IOERR, "disk I/O error"}).exit_code, kExitIo);
}

}  // namespace
}  // namespace confman::sqlite
