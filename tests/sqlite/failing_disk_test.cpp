// A write or sync that fails ends the process, and what wasn't durable was never reported.

#include <gtest/gtest.h>

#include "adapters/sqlite/log/store.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "tests/contract/log_store_contract.hpp"
#include "tests/sqlite/failing_vfs.hpp"
#include "tests/sqlite/log_harness.hpp"
#include "tests/sqlite/state_fill.hpp"

namespace confman::sqlite {
namespace {

using consensus::PersistRequest;
using consensus::PersistSeq;
using testing::ExitedWithCode;

PersistRequest request(std::uint64_t n) {
  PersistRequest out;
  out.seq = PersistSeq{n};
  out.append = {contract::entry_of(n, 0, std::string(3000, 'x'))};
  return out;
}

// Appends one entry after the other; says on stderr how many were acknowledged when the disk fails.
void append_until_it_fails(const std::filesystem::path& path, FailingVfs::Call call, int error,
                           const char* suffix, int nth) {
  const FailingVfs vfs(call, error, suffix);
  DataDir dir = open_dir(path, {.vfs = FailingVfs::kName});
  Acknowledged done;
  LogStore::Options options;
  options.checkpoint_pages = 8;
  std::atomic<std::uint64_t> acknowledged = 0;
  options.fatal = [&](const FatalError& fatal) {
    std::fprintf(stderr, "acknowledged=%llu %s\n",
                 static_cast<unsigned long long>(acknowledged.load()), fatal.message.c_str());
  };
  auto opened = LogStore::open(dir, options, [&, callback = done.callback()](PersistSeq upto) {
    acknowledged = upto.value;
    callback(upto);
  });
  vfs.fail_after(nth);
  for (std::uint64_t n = 1;; ++n) {
    opened->store->persist(request(n));
    done.await(PersistSeq{n});
  }
}

TEST(FailingDisk, AFailedSyncOfTheLogEndsTheProcess) {
  TestDir test;
  EXPECT_EXIT(append_until_it_fails(test.data(), FailingVfs::Call::Sync, SQLITE_IOERR_FSYNC,
                                    "log.db-wal", 4),
              ExitedWithCode(kExitIo), "acknowledged=.*/log.db: disk I/O error");
  // Written but not acknowledged: it may be there or not, what was acknowledged must be.
  DataDir dir = open_dir(test.data());
  auto opened = LogStore::open(dir, {}, [](PersistSeq) {});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_GE(opened->restored.entries.size(), 1U);
}

TEST(FailingDisk, AFailedWriteOfTheLogEndsTheProcess) {
  for (const int nth : {1, 2, 5, 9}) {
    TestDir test;
    EXPECT_EXIT(append_until_it_fails(test.data(), FailingVfs::Call::Write, SQLITE_IOERR_WRITE,
                                      "log.db-wal", nth),
                ExitedWithCode(kExitIo), "disk I/O error");
    DataDir dir = open_dir(test.data());
    EXPECT_TRUE(LogStore::open(dir, {}, [](PersistSeq) {}));
  }
}

TEST(FailingDisk, AFullDiskEndsTheProcess) {
  TestDir test;
  EXPECT_EXIT(
      append_until_it_fails(test.data(), FailingVfs::Call::Write, SQLITE_FULL, "log.db-wal", 7),
      ExitedWithCode(kExitIo), "/log.db: .*database or disk is full");
}

TEST(FailingDisk, AFailedCheckpointOfTheLogEndsTheProcess) {
  TestDir test;
  EXPECT_EXIT(
      append_until_it_fails(test.data(), FailingVfs::Call::Sync, SQLITE_IOERR_FSYNC, "log.db", 1),
      ExitedWithCode(kExitIo), "acknowledged=[1-9][0-9]* .*/log.db: checkpoint: disk I/O error");
  DataDir dir = open_dir(test.data());
  EXPECT_TRUE(LogStore::open(dir, {}, [](PersistSeq) {}));
}

void flush_until_it_fails(const std::filesystem::path& path, FailingVfs::Call call, int error,
                          const char* suffix, int nth) {
  const FailingVfs vfs(call, error, suffix);
  const DataDir dir = open_dir(path, {.vfs = FailingVfs::kName});
  StateDatabase::Options options;
  options.checkpoint_pages = 8;
  auto store = StateDatabase::open(dir, options, [](consensus::LogIndex) {}).value();
  vfs.fail_after(nth);
  for (std::uint64_t n = 1;; ++n) {
    apply_one(*store, n);
    store->flush_and_wait();
  }
}

TEST(FailingDisk, AFailedFlushEndsTheProcessAndLeavesAWholeState) {
  const auto expect_whole = [](const std::filesystem::path& path) {
    const DataDir dir = open_dir(path);
    auto store = StateDatabase::open(dir, {}, [](consensus::LogIndex) {});
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_TRUE(is_whole(**store));
  };
  const auto fails = [&](FailingVfs::Call call, int error, const char* suffix, int nth,
                         const char* message) {
    TestDir test;
    EXPECT_EXIT(flush_until_it_fails(test.data(), call, error, suffix, nth),
                ExitedWithCode(kExitIo), message);
    expect_whole(test.data());
  };
  fails(FailingVfs::Call::Sync, SQLITE_IOERR_FSYNC, "state.db-wal", 3, "disk I/O error");
  fails(FailingVfs::Call::Write, SQLITE_IOERR_WRITE, "state.db-wal", 11, "disk I/O error");
  fails(FailingVfs::Call::Write, SQLITE_FULL, "state.db-wal", 30, "/state.db: .*disk is full");
  fails(FailingVfs::Call::Sync, SQLITE_IOERR_FSYNC, "state.db", 1, "checkpoint: disk I/O error");
}

TEST(FailingDisk, AFileThatCannotBeCreatedIsNoDamage) {
  const TestDir test;
  const std::filesystem::path file = test.root() / "not there" / "some.db";
  const auto connection = Connection::open({.file = file});
  ASSERT_FALSE(connection);
  EXPECT_FALSE(connection.error().is_damage());
  const StartupError refusal = to_startup(file, connection.error());
  EXPECT_EQ(refusal.code, "store_io_error");
  EXPECT_NE(refusal.message.find("space"), std::string::npos) << refusal.message;
}

}  // namespace
}  // namespace confman::sqlite
