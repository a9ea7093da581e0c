// What damage to the files of a log does at the next start: refused with its code, or nothing that
// was acknowledged is missing.

#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <sqlite3.h>

#include "adapters/sqlite/log_head.hpp"
#include "tests/contract/log_store_contract.hpp"
#include "tests/sqlite/log_harness.hpp"

namespace confman::sqlite {
namespace {

using consensus::HardState;
using consensus::LogId;
using consensus::LogIndex;
using consensus::MemberId;
using consensus::PersistRequest;
using consensus::PersistSeq;
using consensus::Term;
using contract::entry_of;

constexpr std::uint64_t kEntries = 100;

std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_all_of(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

void flip_bit(const std::filesystem::path& file, std::size_t at) {
  auto bytes = read_all(file);
  ASSERT_LT(at, bytes.size());
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  write_all_of(file, bytes);
}

void run_sql(const std::filesystem::path& file, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, &message), SQLITE_OK) << message;
  sqlite3_close(db);
}

struct Outcome {
  std::string code;  // "" if the log was opened
  std::string message;
  consensus::RestoredLog log;
};

Outcome try_open(const std::filesystem::path& path) {
  auto dir = DataDir::open(request_for(path));
  if (!dir) {
    return {dir.error().code, dir.error().message, {}};
  }
  auto opened = LogStore::open(*dir, {}, [](PersistSeq) {});
  if (!opened) {
    return {opened.error().code, opened.error().message, {}};
  }
  return {"", "", std::move(opened->restored)};
}

// The files of a process that was killed after 100 entries, one request each, were acknowledged.
class LogDamage : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    test_dir_ = std::make_unique<TestDir>();
    {
      DataDir dir = open_dir(test_dir_->data());
      Acknowledged acknowledged;
      LogStore::Options options;
      options.checkpoint_idle_pages = 1'000'000;  // everything stays in the write-ahead log
      auto opened = LogStore::open(dir, options, acknowledged.callback());
      LogStore& store = *opened->store;
      PersistSeq seq;
      for (std::uint64_t i = 1; i <= kEntries; ++i) {
        PersistRequest request;
        request.seq = seq = seq.next();
        if (i == 1) {
          request.hard_state = HardState{Term{3}, MemberId{2}};
        }
        request.append = {entry_of(i, 3, "entry " + std::to_string(i) + std::string(200, '.'))};
        store.persist(std::move(request));
        acknowledged.await(seq);
        if (i == kEntries / 2) {
          copy(test_dir_->data(), yesterday());
        }
      }
      copy(test_dir_->data(), killed());
    }
    copy(test_dir_->data(), stopped());  // everything in the database file, no write-ahead log
  }
  static void TearDownTestSuite() { test_dir_.reset(); }

  static void copy(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
    std::filesystem::permissions(to, std::filesystem::perms::owner_all);
  }
  static std::filesystem::path killed() { return test_dir_->root() / "killed"; }
  static std::filesystem::path stopped() { return test_dir_->root() / "stopped"; }
  static std::filesystem::path yesterday() { return test_dir_->root() / "yesterday"; }
  static std::filesystem::path work() { return test_dir_->root() / "work"; }

  // Opens a damaged copy.
  static Outcome after(const std::filesystem::path& files, const std::function<void()>& damage) {
    copy(files, work());
    damage();
    return try_open(work());
  }
  static void expect_whole(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, "") << outcome.message;
    EXPECT_EQ(outcome.log.entries.size(), kEntries);
    EXPECT_EQ(outcome.log.hard_state, (HardState{Term{3}, MemberId{2}}));
  }
  static std::filesystem::path wal() { return work() / "log.db-wal"; }
  static std::filesystem::path db() { return work() / "log.db"; }
  static std::filesystem::path head() { return work() / "log.head"; }

  static inline std::unique_ptr<TestDir> test_dir_;
};

TEST_F(LogDamage, NoneLosesNothing) {
  expect_whole(after(killed(), [] {}));
  expect_whole(after(stopped(), [] {}));
}

TEST_F(LogDamage, ABitOfTheWriteAheadLogIsARegression) {
  const std::size_t size = std::filesystem::file_size(killed() / "log.db-wal");
  // The header, its salt, the first frame's header, a frame in the middle, the last frame.
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{17}, std::size_t{40}, size / 2, size - 90}) {
    const auto outcome = after(killed(), [&] { flip_bit(wal(), at); });
    EXPECT_EQ(outcome.code, "log_regression") << at << outcome.message;
    EXPECT_NE(outcome.message.find("index 100"), std::string::npos) << outcome.message;
  }
}

TEST_F(LogDamage, AShortenedEmptiedOrDeletedWriteAheadLogIsARegression) {
  const std::size_t size = std::filesystem::file_size(killed() / "log.db-wal");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::resize_file(wal(), size / 2); }).code,
            "log_regression");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::resize_file(wal(), size - 1); }).code,
            "log_regression");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::resize_file(wal(), 0); }).code,
            "log_regression");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::remove(wal()); }).code, "log_regression");
  EXPECT_EQ(after(killed(), [&] { write_all_of(wal(), std::string(size, '\x5a')); }).code,
            "log_regression");
}

TEST_F(LogDamage, FilesOfAnotherTimeAreARegression) {
  const auto old = [&](const char* name) {
    std::filesystem::copy_file(yesterday() / name, work() / name,
                               std::filesystem::copy_options::overwrite_existing);
  };
  EXPECT_EQ(after(killed(), [&] { old("log.db-wal"); }).code, "log_regression");
  EXPECT_EQ(after(killed(), [&] { old("log.db"), old("log.db-wal"); }).code, "log_regression");
  EXPECT_EQ(after(killed(), [&] { old("log.head"); }).code, "log_head_stale");
  EXPECT_EQ(after(stopped(), [&] { old("log.db"); }).code, "log_regression");
}

TEST_F(LogDamage, APayloadBitIsNamedWithItsEntry) {
  const auto outcome = after(stopped(), [&] {
    const auto at = read_all(db()).find("entry 57.");
    flip_bit(db(), at + 20);
  });
  EXPECT_EQ(outcome.code, "log_entry_crc 57");
}

TEST_F(LogDamage, RowsThatWereChangedAreNamed) {
  const auto sql = [&](const char* text) {
    return after(stopped(), [&] { run_sql(db(), text); }).code;
  };
  EXPECT_EQ(sql("DELETE FROM log WHERE idx = 57"), "log_gap 57");
  EXPECT_EQ(sql("DELETE FROM log WHERE idx >= 99"), "log_gap 99");
  EXPECT_EQ(sql("DELETE FROM log WHERE idx = 1"), "log_gap 1");
  EXPECT_EQ(sql("UPDATE log SET term = 2 WHERE idx = 7"), "log_entry_crc 7");
  EXPECT_EQ(sql("UPDATE log SET kind = 257 WHERE idx = 7"), "log_entry_crc 7");
  EXPECT_EQ(sql("UPDATE log SET chain = chain + 1 WHERE idx = 7"), "log_chain 7");
  EXPECT_EQ(
      sql("INSERT INTO log SELECT 101, term, kind, payload, crc, chain FROM log WHERE idx = 9"),
      "log_entry_crc 101");
  EXPECT_EQ(sql("UPDATE log_state SET term = 9"), "log_state_damaged");
  EXPECT_EQ(sql("DELETE FROM log_state"), "log_regression");
}

TEST_F(LogDamage, DamagedPagesAreRefused) {
  const std::size_t pages = std::filesystem::file_size(stopped() / "log.db") / 4096;
  ASSERT_GT(pages, 6U);
  for (std::size_t page = 1; page < pages; ++page) {
    const auto outcome = after(stopped(), [&] {
      auto bytes = read_all(db());
      bytes.replace(page * 4096, 4096, 4096, '\0');
      write_all_of(db(), bytes);
    });
    EXPECT_NE(outcome.code, "") << page;
  }
  EXPECT_EQ(after(stopped(), [&] { std::filesystem::resize_file(db(), 3 * 4096 + 100); }).code,
            "store_malformed");
}

// Any single bit anywhere: never opened with less than what was acknowledged.
TEST_F(LogDamage, NoSingleBitLosesAnEntrySilently) {
  std::set<std::string> codes;
  std::size_t opened = 0;
  for (const auto& [files, names] :
       {std::pair{stopped(), std::vector<std::string>{"log.db", "log.head", "identity"}},
        std::pair{killed(), std::vector<std::string>{"log.db", "log.db-wal"}}}) {
    for (const auto& name : names) {
      const std::size_t size = std::filesystem::file_size(files / name);
      for (std::size_t at = 3; at < size; at += 1 + size / 23) {
        const auto outcome = after(files, [&] { flip_bit(work() / name, at); });
        codes.insert(outcome.code);
        if (outcome.code.empty()) {
          ++opened;
          EXPECT_EQ(outcome.log.entries.size(), kEntries) << name << " " << at;
        }
      }
    }
  }
  EXPECT_GT(opened, 0U);
  EXPECT_TRUE(codes.contains("log_regression"));
}

TEST_F(LogDamage, OneCopyOfTheHeadIsEnough) {
  for (std::size_t at = 5; at < 2 * kHeadSlotBytes; at += 301) {
    expect_whole(after(killed(), [&] { flip_bit(head(), at); }));
  }
  for (const std::size_t sector : {0U, 1U, 7U, 8U, 9U, 15U}) {
    expect_whole(after(killed(), [&] {
      auto bytes = read_all(head());
      bytes.replace(sector * 512, 512, 512, '\0');
      write_all_of(head(), bytes);
    }));
  }
}

// Request 100 is generation 100, in slot 0; the other slot holds generation 99.
TEST_F(LogDamage, ADeadSlotIsATornWriteOnlyIfTheDatabaseIsAhead) {
  const auto kill_slot = [&](std::size_t slot) {
    auto bytes = read_all(head());
    bytes.replace(slot * kHeadSlotBytes, kHeadSlotBytes, kHeadSlotBytes, '\x55');
    write_all_of(head(), bytes);
  };
  // Killed while the head of generation 100 was being written: the database has it.
  expect_whole(after(killed(), [&] { kill_slot(0); }));
  // The slot that wasn't being written can't have been torn: what else was lost?
  EXPECT_EQ(after(killed(), [&] { kill_slot(1); }).code, "log_head_damaged");
  EXPECT_EQ(after(killed(), [&] { kill_slot(0), kill_slot(1); }).code, "log_head_damaged");
  // Both at once: the newest head is gone, and the database has lost the newest entry.
  EXPECT_EQ(after(killed(),
                  [&] {
                    kill_slot(0);
                    std::filesystem::resize_file(wal(), std::filesystem::file_size(wal()) - 1);
                  })
                .code,
            "log_head_damaged");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::resize_file(head(), 0); }).code,
            "log_head_damaged");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::remove(head()); }).code, "log_head_missing");
}

TEST_F(LogDamage, AnUnacknowledgedBatchIsKeptAndThenCounts) {
  // The head as it was before the last batch: what a kill between commit and head leaves.
  const auto before_last = [&] {
    auto bytes = read_all(head());
    bytes.replace(0, kHeadSlotBytes, bytes.substr(kHeadSlotBytes, kHeadSlotBytes));
    write_all_of(head(), bytes);
  };
  expect_whole(after(killed(), before_last));
  // That start has promised it: without it there is no second one.
  std::filesystem::copy_file(killed() / "log.db", db(),
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(wal());
  EXPECT_EQ(try_open(work()).code, "log_regression");
}

TEST_F(LogDamage, OtherFilesInItsPlaceAreRefused) {
  const auto with = [&](const std::string& bytes) {
    return after(stopped(), [&] { write_all_of(db(), bytes); }).code;
  };
  const std::string good = read_all(stopped() / "log.db");
  const auto patched = [&](std::size_t at, const std::string& bytes) {
    return std::string(good).replace(at, bytes.size(), bytes);
  };
  EXPECT_EQ(with(""), "store_empty_but_expected");
  EXPECT_EQ(with(std::string(8192, '\0')), "store_not_sqlite");
  EXPECT_EQ(with("\x1f\x8b\x08 compressed"), "store_not_sqlite");
  EXPECT_EQ(with("plain text"), "store_not_sqlite");
  EXPECT_EQ(with(patched(19, "\x03")), "store_format_newer");
  EXPECT_EQ(with(patched(18, "\x03")), "store_format_newer");
  EXPECT_EQ(with(patched(16, "\x20")), "store_page_size");
  EXPECT_EQ(after(stopped(), [&] { std::filesystem::remove(db()); }).code, "store_missing");
  const auto sql = [&](const char* text) {
    return after(stopped(), [&] { run_sql(db(), text); }).code;
  };
  EXPECT_EQ(sql("PRAGMA user_version = 99"), "store_schema_newer");
  EXPECT_EQ(sql("PRAGMA user_version = 0"), "store_schema_unknown");
  EXPECT_EQ(sql("PRAGMA application_id = 7"), "store_foreign");
  EXPECT_EQ(sql("DELETE FROM identity"), "store_identity_missing");
  EXPECT_EQ(sql("UPDATE identity SET node = 'node2'"), "wrong_data_dir");
  EXPECT_EQ(sql("UPDATE identity SET incarnation = 5"), "wrong_data_dir");
  EXPECT_EQ(
      sql("DROP TABLE identity; CREATE TABLE identity(id, cluster, node, group_id, incarnation);"
          "INSERT INTO identity VALUES(1, 'prod', 'node1', 0, 1), (2, 'prod', 'node1', 0, 1)"),
      "store_identity_corrupt");
  EXPECT_EQ(sql("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = FULL; VACUUM"),
            "store_pragma_mismatch");
}

TEST_F(LogDamage, AnotherDisksLogOrHeadIsRefused) {
  const auto other = test_dir_->root() / "other";
  auto request = request_for(other);
  request.incarnation_if_new = 99;
  {
    auto dir = DataDir::open(request);
    ASSERT_TRUE(LogStore::open(*dir, {}, [](PersistSeq) {}));
  }
  const auto take = [&](const char* name) {
    std::filesystem::copy_file(other / name, work() / name,
                               std::filesystem::copy_options::overwrite_existing);
  };
  EXPECT_EQ(after(stopped(), [&] { take("log.db"); }).code, "wrong_data_dir");
  EXPECT_EQ(after(stopped(), [&] { take("log.head"); }).code, "wrong_data_dir");
  EXPECT_EQ(after(stopped(), [&] { take("identity"); }).code, "wrong_data_dir");
}

TEST_F(LogDamage, AnIdentityFromBeforeTheLogDeletesNothing) {
  const auto outcome = after(stopped(), [&] {
    auto identity = parse_identity(read_all(work() / "identity")).value();
    identity.log_created = false;
    write_all_of(work() / "identity", encode_identity(identity));
  });
  EXPECT_EQ(outcome.code, "store_identity_stale");
  EXPECT_EQ(read_all(db()), read_all(stopped() / "log.db"));
}

TEST_F(LogDamage, LinksAreRefused) {
  EXPECT_EQ(after(stopped(),
                  [&] {
                    std::filesystem::rename(db(), work() / "elsewhere");
                    std::filesystem::create_symlink(work() / "elsewhere", db());
                  })
                .code,
            "store_path_alias");
  EXPECT_EQ(
      after(stopped(), [&] { std::filesystem::create_hard_link(db(), work() / "second"); }).code,
      "store_path_alias");
  EXPECT_EQ(after(stopped(), [&] { ::chmod(db().c_str(), 0644); }).code, "insecure_permissions");
}

TEST(LogHead, RoundTripsAndRefusesAnythingElse) {
  LogHead head;
  head.identity = 1;
  head.generation = 2;
  head.base = {LogIndex{3}, Term{4}};
  head.base_chain = 5;
  head.last = {LogIndex{6}, Term{7}};
  head.last_chain = 8;
  head.hard_state = {Term{9}, MemberId{10}};
  const Bytes bytes = encode_head(head);
  EXPECT_EQ(decode_head(bytes), head);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(decode_head(damaged), std::nullopt) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode_head(ByteView(bytes).substr(0, size)), std::nullopt);
  }
}

}  // namespace
}  // namespace confman::sqlite
