#include "sim/hunt/hunt.hpp"

#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>

#include "sim/run/exit_code.hpp"
#include "sim/storage/sqlite_storage.hpp"

namespace confman::sim {
namespace {

namespace fs = std::filesystem;

class HuntOnSqlite : public testing::Test {
 protected:
  static void SetUpTestSuite() { use_real_storage(make_sqlite_storage); }
};

TEST_F(HuntOnSqlite, SomeSeedsRunOnIt) {
  int on_sqlite = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Assignment assignment = assign(seed);
    const bool sqlite = assignment.storage == StorageKind::Sqlite;
    EXPECT_EQ(config_of(assignment).sqlite, sqlite ? 1 : 0);
    EXPECT_FALSE(sqlite && assignment.canary);
    on_sqlite += sqlite ? 1 : 0;
  }
  EXPECT_GE(on_sqlite, 30);
  EXPECT_LE(on_sqlite, 70);
}

TEST_F(HuntOnSqlite, TheyAreCounted) {
  const fs::path corpus = fs::path(testing::TempDir()) / "hunt-on-sqlite";
  fs::remove_all(corpus);
  std::atomic<int> runs = 0;
  HuntOptions options;
  options.corpus = corpus.string();
  options.stop = [&] { return runs >= 200; };
  // Of the others only who they are matters.
  options.perform = [&](const Assignment& assignment, Recording* recording) {
    ++runs;
    return assignment.canary ? perform(assignment, recording) : RunResult{};
  };
  std::ostringstream log;
  const HuntReport report = hunt(options, log);
  EXPECT_EQ(report.exit_code, kExitGood) << report.why;
  EXPECT_GT(report.ledger.on_sqlite, 0U);
  EXPECT_LT(report.ledger.on_sqlite, report.ledger.seeds / 5);
  fs::remove_all(corpus);
}

}  // namespace
}  // namespace confman::sim
