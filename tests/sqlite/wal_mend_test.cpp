#include <gtest/gtest.h>
#include <sqlite3.h>
#include <string>
#include <vector>

#include "adapters/sqlite/vfs/files.hpp"
#include "adapters/sqlite/wal/mend.hpp"
#include "adapters/sqlite/wal/scan.hpp"
#include "tests/sqlite/test_dir.hpp"

// What SQLite reads of a write-ahead log in which something is damaged, before and after mending.
namespace confman::sqlite {
namespace {

constexpr int kRows = 12;  // each a commit of its own, with a page of its own

class WalMend : public testing::Test {
 protected:
  WalMend() {
    sqlite3* db = open();
    run(db,
        "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
        "PRAGMA synchronous=FULL; CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB);");
    for (int n = 1; n <= kRows; ++n) {
      run(db, "INSERT INTO t VALUES (" + std::to_string(n) + ", zeroblob(3000))");
      commits_.push_back(content(wal()).size());
    }
    database_ = content(file());
    wal_ = content(wal());
    sqlite3_close(db);
  }

  std::filesystem::path file() const { return dir_.root() / "t.db"; }
  std::filesystem::path wal() const { return dir_.root() / "t.db-wal"; }

  // Of a frame that ends a commit: where it begins.
  std::size_t last_frame_of(int row) const {
    return commits_[static_cast<std::size_t>(row) - 1] - kWalFrameBytes;
  }

  void put_back(const Bytes& wal_bytes) {
    std::filesystem::remove(dir_.root() / "t.db-shm");
    ASSERT_TRUE(replace_file(posix_file_system(), file(), database_));
    ASSERT_TRUE(replace_file(posix_file_system(), wal(), wal_bytes));
  }
  // The rows that SQLite can read.
  int rows() {
    sqlite3* db = open();
    int count = 0;
    for (int n = 1; n <= kRows; ++n) {
      sqlite3_stmt* statement = nullptr;
      const std::string text = "SELECT length(v) FROM t WHERE n = " + std::to_string(n);
      if (sqlite3_prepare_v2(db, text.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
          sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) == 3000) {
        ++count;
      }
      sqlite3_finalize(statement);
    }
    sqlite3_close(db);
    return count;
  }
  int rows_of(const Bytes& wal_bytes) {
    put_back(wal_bytes);
    return rows();
  }

  Bytes wal_;

  static Bytes content(const std::filesystem::path& name) {
    return *read_start(posix_file_system(), name, std::filesystem::file_size(name));
  }

 private:
  sqlite3* open() const {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
    return db;
  }
  static void run(sqlite3* db, const std::string& statements) {
    EXPECT_EQ(sqlite3_exec(db, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
  }

  TestDir dir_;
  Bytes database_;
  std::vector<std::size_t> commits_;  // where each row's commit ends
};

TEST_F(WalMend, WhatIsWholeIsLeftAlone) {
  EXPECT_EQ(rows_of(wal_), kRows);
  EXPECT_EQ(mended_wal(wal_, LastTransaction::Keep), std::nullopt);
  EXPECT_EQ(mended_wal(wal_, LastTransaction::Drop), std::nullopt);
  EXPECT_EQ(mended_wal({}, LastTransaction::Keep), std::nullopt);
  EXPECT_EQ(mended_wal(Bytes(10'000, 'x'), LastTransaction::Keep), std::nullopt);
}

TEST_F(WalMend, OneFlippedBitCostsNoMoreThanItsPage) {
  // The commit of the last but one is where the last begins: see below.
  for (int row = 1; row < kRows - 1; ++row) {
    for (const std::size_t at : {kWalFrameHeaderBytes + 4000, std::size_t{17}}) {
      Bytes damaged = wal_;
      damaged[last_frame_of(row) + at] ^= 4;
      EXPECT_LT(rows_of(damaged), row + 1) << "SQLite reads on by itself";
      const auto mended = mended_wal(damaged, LastTransaction::Drop);
      ASSERT_TRUE(mended) << row;
      EXPECT_GE(rows_of(*mended), kRows - 1) << row << " at " << at;
      EXPECT_EQ(mended_wal(*mended, LastTransaction::Drop), std::nullopt);
    }
  }
}

TEST_F(WalMend, ALostHeaderCostsNothing) {
  for (std::size_t at = 0; at < kWalHeaderBytes; ++at) {
    Bytes damaged = wal_;
    damaged[at] ^= 1;
    const auto mended = mended_wal(damaged, LastTransaction::Drop);
    // How often there was a checkpoint is all that SQLite doesn't need; its sum it does.
    ASSERT_TRUE(mended) << at;
    EXPECT_EQ(rows_of(*mended), kRows) << at;
  }
}

TEST_F(WalMend, OfATransactionThatWasNotFinishedNothingIsRead) {
  Bytes torn = wal_;
  torn.resize(torn.size() - 1);
  EXPECT_EQ(mended_wal(torn, LastTransaction::Keep), std::nullopt);
  EXPECT_EQ(rows_of(torn), kRows - 1);
}

TEST_F(WalMend, TheLastTransactionIsDroppedOrKeptAsAsked) {
  // The last row's commit has several frames: the one before its last is damaged.
  Bytes damaged = wal_;
  damaged[last_frame_of(kRows) - kWalFrameBytes + kWalFrameHeaderBytes + 4000] ^= 4;
  EXPECT_EQ(mended_wal(damaged, LastTransaction::Drop), std::nullopt) << "SQLite drops it anyway";
  EXPECT_EQ(rows_of(damaged), kRows - 1);
  const auto kept = mended_wal(damaged, LastTransaction::Keep);
  ASSERT_TRUE(kept);
  EXPECT_GE(rows_of(*kept), kRows - 1);
}

TEST_F(WalMend, AnEndThatIsDamagedMakesTwoTransactionsOne) {
  Bytes damaged = wal_;
  damaged[last_frame_of(kRows - 1) + 17] ^= 4;
  EXPECT_EQ(rows_of(damaged), kRows - 2);
  const auto kept = mended_wal(damaged, LastTransaction::Keep);
  ASSERT_TRUE(kept);
  EXPECT_EQ(rows_of(*kept), kRows);
}

TEST_F(WalMend, FramesOfAnOlderLogAreNotRead) {
  Bytes mixed = wal_;
  // A frame that was never written, with what stood there before: other salts.
  for (std::size_t i = 8; i < 16; ++i) mixed[last_frame_of(3) + i] ^= 0x55;
  const auto mended = mended_wal(mixed, LastTransaction::Drop);
  ASSERT_TRUE(mended);
  EXPECT_EQ(mended->size(), wal_.size() - kWalFrameBytes);
}

TEST_F(WalMend, AStartThatIsInterruptedBeginsAgainWithWhatWasThere) {
  Bytes damaged = wal_;
  damaged[last_frame_of(2) + kWalFrameHeaderBytes] ^= 4;
  put_back(damaged);
  {
    WalMender interrupted(posix_file_system(), file());
    ASSERT_TRUE(interrupted.begin());
    EXPECT_NE(content(wal()), damaged);
  }
  // Something else has got there meanwhile.
  ASSERT_TRUE(replace_file(posix_file_system(), wal(), "garbage"));
  WalMender again(posix_file_system(), file());
  ASSERT_TRUE(again.begin());
  EXPECT_GE(rows(), kRows - 1);
  ASSERT_TRUE(again.settle());
  EXPECT_FALSE(std::filesystem::exists(wal().string() + ".kept"));
}

TEST_F(WalMend, AScanGoesAsFarAsSqliteDoes) {
  const auto scan = [this](const Bytes& bytes) {
    put_back(bytes);
    return scan_wal(posix_file_system(), wal()).value();
  };
  const WalScan whole = scan(wal_);
  ASSERT_TRUE(whole.id);
  EXPECT_EQ(whole.frames, (wal_.size() - kWalHeaderBytes) / kWalFrameBytes);
  EXPECT_EQ(id_of_wal(posix_file_system(), wal()).value(), whole.id);
  for (int row = 2; row <= kRows; ++row) {
    for (const std::size_t at : {std::size_t{2}, std::size_t{17}, kWalFrameBytes - 1}) {
      Bytes damaged = wal_;
      damaged[last_frame_of(row) + at] ^= 1;
      const WalScan found = scan(damaged);
      EXPECT_EQ(found.id, whole.id);
      EXPECT_EQ(found.frames,
                (last_frame_of(row - 1) + kWalFrameBytes - kWalHeaderBytes) / kWalFrameBytes);
      EXPECT_EQ(rows(), row - 1);
    }
  }
  Bytes headless = wal_;
  headless[20] ^= 1;
  EXPECT_FALSE(scan(headless).id);
  EXPECT_EQ(scan(headless).frames, 0U);
  EXPECT_FALSE(scan(wal_.substr(0, 10)).id);
  EXPECT_EQ(scan(wal_.substr(0, wal_.size() - 1)).frames,
            (last_frame_of(kRows - 1) + kWalFrameBytes - kWalHeaderBytes) / kWalFrameBytes);
  std::filesystem::remove(wal());
  EXPECT_FALSE(scan_wal(posix_file_system(), wal()).value().id);
}

}  // namespace
}  // namespace confman::sqlite
