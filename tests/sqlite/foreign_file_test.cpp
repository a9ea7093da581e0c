// Other people's files under the names of ours: refused by name, and not touched.

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sqlite3.h>

#include "adapters/sqlite/log/store.hpp"
#include "adapters/sqlite/state/recovery.hpp"
#include "domain/base/hash.hpp"
#include "sim/storage/sim_workers.hpp"
#include "tests/sqlite/state_fill.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

using consensus::LogIndex;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run_sql(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  // What a process that was killed leaves: its write-ahead log.
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_close(db);
}

class ForeignFileTest : public testing::Test {
 protected:
  // The code of the refusal; "": it starts.
  std::string start(const TestDir& test, const std::string& node = "node1") {
    sim::SimWorkers workers;
    auto request = request_for(test.data(), {.workers = &workers});
    request.node = node;
    auto dir = DataDir::open(request);
    if (!dir) return code_of(dir.error());
    auto log = LogStore::open(*dir, {}, [](consensus::PersistSeq) {});
    if (!log) return code_of(log.error());
    auto state = open_state(*dir, {}, [](LogIndex) {}, {consensus::MemberId{1}, log->restored, 1});
    if (!state) return code_of(state.error());
    for (std::uint64_t n = 1; n <= 5; ++n) apply_one(*state->store, n);
    state->store->flush_and_wait();
    workers.kill();
    return "";
  }
  static std::string code_of(const StartupError& error) {
    for (const char* word : {"SELECT", "PRAGMA", "INSERT", "BEGIN", "no such"}) {
      EXPECT_EQ(error.message.find(word), std::string::npos) << error.message;
    }
    return error.code;
  }
  void expect_untouched(const std::string& name, const std::string& code) {
    const auto before = files_of(name);
    EXPECT_EQ(start(test_), code) << name;
    EXPECT_EQ(files_of(name), before) << name;
  }
  // It, and what SQLite keeps beside it; by hashes of what is in them. "": all files.
  std::map<std::string, std::uint64_t> files_of(const std::string& name) const {
    std::map<std::string, std::uint64_t> out;
    for (const auto& entry : std::filesystem::directory_iterator(test_.data())) {
      const std::string found = entry.path().filename();
      if (name.empty() || found == name || found.starts_with(name + "-")) {
        out[found] = xxh64(content_of(entry.path()));
      }
    }
    return out;
  }
  void remove(const std::string& name) const {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(test_.data() / (name + suffix));
    }
  }
  void make_foreign(const std::string& name, const std::string& mode) const {
    remove(name);
    run_sql(test_.data() / name, "PRAGMA journal_mode=" + mode +
                                     "; CREATE TABLE log(idx INTEGER); INSERT INTO log VALUES(1)");
    make_private(name);
  }
  void make_private(const std::string& name) const {
    std::filesystem::permissions(test_.data() / name, std::filesystem::perms(0600));
  }

  TestDir test_;
};

TEST_F(ForeignFileTest, AnotherProgramsDatabaseIsRefused) {
  for (const char* name : {"log.db", "state.db", "log.head"}) {
    for (const char* mode : {"DELETE", "WAL"}) {
      std::filesystem::remove_all(test_.data());
      ASSERT_EQ(start(test_), "");
      make_foreign(name, mode);
      expect_untouched(name, "store_foreign");
    }
  }
}

TEST_F(ForeignFileTest, AlsoWhereNoneWasCreatedYet) {
  for (const char* name : {"log.db", "log.head"}) {
    std::filesystem::remove_all(test_.data());
    {
      const DataDir dir = open_dir(test_.data());
    }
    make_foreign(name, "WAL");
    expect_untouched(name, "store_foreign");
  }
  std::filesystem::remove_all(test_.data());
  {
    const DataDir dir = open_dir(test_.data());
  }
  std::ofstream(test_.data() / "log.db") << "a letter";
  make_private("log.db");
  expect_untouched("log.db", "store_not_sqlite");
}

TEST_F(ForeignFileTest, AnotherNodesFilesAreRefused) {
  TestDir other;
  ASSERT_EQ(start(other, "node2"), "");
  for (const char* name : {"log.db", "state.db"}) {
    std::filesystem::remove_all(test_.data());
    ASSERT_EQ(start(test_), "");
    remove(name);
    for (const char* suffix : {"", "-wal"}) {
      const std::string file = name + std::string(suffix);
      if (std::filesystem::exists(other.data() / file)) {
        std::filesystem::copy_file(other.data() / file, test_.data() / file);
      }
    }
    expect_untouched(name, "wrong_data_dir");
  }
}

TEST_F(ForeignFileTest, TablesThatAreNotOursAreDamage) {
  ASSERT_EQ(start(test_), "");
  run_sql(test_.data() / "log.db", "ALTER TABLE log RENAME TO letters");
  EXPECT_EQ(start(test_), "store_malformed");
}

TEST_F(ForeignFileTest, NothingIsMadeInAnotherProgramsDirectory) {
  std::filesystem::create_directory(test_.data());
  std::filesystem::permissions(test_.data(), std::filesystem::perms(0700));
  std::ofstream(test_.data() / "lock") << "theirs";
  std::ofstream(test_.data() / "letter.txt") << "dear";
  const auto before = files_of("");
  EXPECT_EQ(start(test_), "data_dir_foreign");
  EXPECT_EQ(files_of(""), before);
}

}  // namespace
}  // namespace confman::sqlite
