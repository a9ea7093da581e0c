// What damage to the files of a log does at the next start: what was acknowledged is known to the
// node, if not there, or the start is refused with a code.

#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <sqlite3.h>

#include "adapters/sqlite/log/head.hpp"
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
  std::string warning;  // a code
  consensus::RestoredLog log;

  // Which of the entries that were promised aren't there, or might be others.
  std::vector<std::uint64_t> missing() const {
    std::vector<std::uint64_t> indexes;
    for (std::size_t i = 0; log.damaged && i < log.damaged->slots.size(); ++i) {
      const auto& slot = log.damaged->slots[i];
      if (!slot.entry || !slot.vouches) indexes.push_back(log.damaged->first().value + i);
    }
    return indexes;
  }
};

Outcome try_open(const std::filesystem::path& path) {
  auto dir = DataDir::open(request_for(path));
  if (!dir) {
    return {dir.error().code, dir.error().message, "", {}};
  }
  auto opened = LogStore::open(*dir, {}, [](PersistSeq) {});
  if (!opened) {
    return {opened.error().code, opened.error().message, "", {}};
  }
  return {"", "", opened->warning ? opened->warning->code : "", std::move(opened->restored)};
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
    expect_promises(outcome);
    EXPECT_EQ(outcome.log.entries.size(), kEntries);
  }
  // All that was promised is known, whatever is there of it.
  static void expect_promises(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, "") << outcome.message;
    EXPECT_EQ(outcome.log.hard_state, (HardState{Term{3}, MemberId{2}}));
    const auto& damaged = outcome.log.damaged;
    EXPECT_EQ(outcome.log.entries.size() + (damaged ? damaged->slots.size() : 0), kEntries);
    if (damaged) {
      EXPECT_EQ(damaged->promised, (LogId{LogIndex{kEntries}, Term{3}}));
      EXPECT_EQ(outcome.warning, "log_damaged");
    }
  }
  // Only so many are left, and the next start finds the same.
  static void expect_only(const Outcome& outcome, std::uint64_t entries) {
    expect_promises(outcome);
    EXPECT_EQ(outcome.log.entries.size(), entries);
    EXPECT_EQ(outcome.missing().size(), kEntries - entries);
    const Outcome again = try_open(work());
    expect_promises(again);
    EXPECT_EQ(again.log.entries, outcome.log.entries);
    EXPECT_EQ(again.missing(), outcome.missing());
  }
  static std::filesystem::path wal() { return work() / "log.db-wal"; }
  static std::filesystem::path db() { return work() / "log.db"; }
  static std::filesystem::path head() { return work() / "log.head"; }

  static void forget_last_promise() {
    auto bytes = read_all(head());
    bytes.replace(0, kHeadSlotBytes, bytes.substr(kHeadSlotBytes, kHeadSlotBytes));
    write_all_of(head(), bytes);
  }

  static void kill_slot(std::size_t slot) {
    auto bytes = read_all(head());
    bytes.replace(slot * kHeadSlotBytes, kHeadSlotBytes, kHeadSlotBytes, '\x55');
    write_all_of(head(), bytes);
  }
  static void lose_last_payload() {
    run_sql(db(), "UPDATE log SET payload = x'00' WHERE idx = 100");
  }

  static inline std::unique_ptr<TestDir> test_dir_;
};

TEST_F(LogDamage, NoneLosesNothing) {
  expect_whole(after(killed(), [] {}));
  expect_whole(after(stopped(), [] {}));
}

TEST_F(LogDamage, ABitOfTheWriteAheadLogLosesItsPageAtMost) {
  const std::size_t size = std::filesystem::file_size(killed() / "log.db-wal");
  // The header, its salt, the first frame's header; a frame in the middle; the last frame.
  for (const std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{40}}) {
    expect_whole(after(killed(), [&] { flip_bit(wal(), at); }));
  }
  const auto half = after(killed(), [&] { flip_bit(wal(), size / 2); });
  expect_promises(half);
  constexpr std::size_t kRowsOfAPage = 20;
  EXPECT_LE(half.missing().size(), kRowsOfAPage);
  expect_only(after(killed(), [&] { flip_bit(wal(), size - 90); }), kEntries - 1);
}

TEST_F(LogDamage, AWriteAheadLogThatIsCutOffOrGoneLosesWhatItHeld) {
  const std::size_t size = std::filesystem::file_size(killed() / "log.db-wal");
  expect_only(after(killed(), [&] { std::filesystem::resize_file(wal(), size - 1); }),
              kEntries - 1);
  expect_only(after(killed(), [&] { std::filesystem::resize_file(wal(), 0); }), 0);
  expect_only(after(killed(), [&] { std::filesystem::remove(wal()); }), 0);
  expect_only(after(killed(), [&] { write_all_of(wal(), std::string(size, '\x5a')); }), 0);
}

TEST_F(LogDamage, FilesOfAnotherTimeAreNotTheLog) {
  const auto old = [&](const char* name) {
    std::filesystem::copy_file(yesterday() / name, work() / name,
                               std::filesystem::copy_options::overwrite_existing);
  };
  expect_only(after(killed(), [&] { old("log.db-wal"); }), kEntries / 2);
  expect_only(after(killed(), [&] { old("log.db"), old("log.db-wal"); }), kEntries / 2);
  expect_only(after(stopped(), [&] { old("log.db"); }), 0);
  const auto outcome = after(killed(), [&] { old("log.head"); });
  EXPECT_EQ(outcome.code, "log_head_stale");
  EXPECT_NE(outcome.message.find("start the node with an empty one"), std::string::npos);
}

TEST_F(LogDamage, APayloadBitLosesOneEntry) {
  const auto outcome = after(stopped(), [&] {
    const auto at = read_all(db()).find("entry 57.");
    flip_bit(db(), at + 20);
  });
  expect_promises(outcome);
  EXPECT_EQ(outcome.log.entries.size(), 56U);
  EXPECT_EQ(outcome.missing(), std::vector<std::uint64_t>{57});
}

TEST_F(LogDamage, RowsThatWereChangedAreLost) {
  using Indexes = std::vector<std::uint64_t>;
  const auto lost_by = [&](const char* text) {
    const auto outcome = after(stopped(), [&] { run_sql(db(), text); });
    expect_promises(outcome);
    const auto again = try_open(work());
    expect_promises(again);
    EXPECT_EQ(again.missing(), outcome.missing());
    return outcome.missing();
  };
  EXPECT_EQ(lost_by("DELETE FROM log WHERE idx = 57"), Indexes{57});
  EXPECT_EQ(lost_by("DELETE FROM log WHERE idx >= 99"), (Indexes{99, 100}));
  EXPECT_EQ(lost_by("DELETE FROM log WHERE idx = 1"), Indexes{1});
  EXPECT_EQ(lost_by("DELETE FROM log WHERE idx IN (3, 5)"), (Indexes{3, 5}));
  EXPECT_EQ(lost_by("UPDATE log SET term = 2 WHERE idx = 7"), Indexes{7});
  EXPECT_EQ(lost_by("UPDATE log SET kind = 257 WHERE idx = 7"), Indexes{7});
  EXPECT_EQ(lost_by("UPDATE log SET crc = crc + 4294967296 WHERE idx = 7"), Indexes{7});
  // Two logs that differ in 7, or behind 6? Until that is known 6 doesn't count either.
  EXPECT_EQ(lost_by("UPDATE log SET chain = chain + 1 WHERE idx IN (7, 8)"), (Indexes{6, 7, 8}));
}

TEST_F(LogDamage, WhatTheLogDoesNotNeedIsMended) {
  const auto mended = [&](const char* text) {
    const auto outcome = after(stopped(), [&] { run_sql(db(), text); });
    expect_whole(outcome);
    EXPECT_EQ(outcome.warning, "log_mended") << text;
    EXPECT_EQ(try_open(work()).warning, "") << text;
  };
  mended("INSERT INTO log SELECT 101, term, kind, payload, crc, chain FROM log WHERE idx = 9");
  mended("UPDATE log_state SET term = 9");
  mended("UPDATE log_state SET generation = generation - 1");
  mended("DELETE FROM log_state");
  // Its neighbours, or the head, tell what it was.
  mended("UPDATE log SET chain = chain + 1 WHERE idx = 7");
  mended("UPDATE log SET chain = chain + 1 WHERE idx = 100");
}

TEST_F(LogDamage, OfDamagedPagesTheOthersAreRead) {
  const std::size_t pages = std::filesystem::file_size(stopped() / "log.db") / 4096;
  ASSERT_GT(pages, 6U);
  std::set<std::string> seen;
  for (std::size_t page = 1; page < pages; ++page) {
    const auto outcome = after(stopped(), [&] {
      auto bytes = read_all(db());
      bytes.replace(page * 4096, 4096, 4096, '\0');
      write_all_of(db(), bytes);
    });
    if (!outcome.code.empty()) {
      seen.insert(outcome.code);
      continue;
    }
    expect_promises(outcome);
    seen.insert(outcome.warning + (outcome.missing().size() == kEntries ? " all" : ""));
    const auto again = try_open(work());
    EXPECT_EQ(again.log.entries, outcome.log.entries) << page;
    EXPECT_EQ(again.missing(), outcome.missing()) << page;
  }
  // Of the owner's name; of summary or founders; the root of the log's tree; a leaf of it.
  EXPECT_EQ(seen, (std::set<std::string>{"store_malformed", "log_mended", "log_damaged all",
                                         "log_damaged"}));
  // SQLite doesn't open a file that is shorter than it says.
  EXPECT_EQ(after(stopped(), [&] { std::filesystem::resize_file(db(), pages * 4096 / 2); }).code,
            "store_malformed");
}

// Any single bit anywhere: never opened with less than what was acknowledged, without knowing it.
TEST_F(LogDamage, NoSingleBitLosesAnEntrySilently) {
  std::set<std::string> seen;
  for (const auto& [files, names] :
       {std::pair{stopped(), std::vector<std::string>{"log.db", "log.head", "identity"}},
        std::pair{killed(), std::vector<std::string>{"log.db", "log.db-wal"}}}) {
    for (const auto& name : names) {
      const std::size_t size = std::filesystem::file_size(files / name);
      for (std::size_t at = 3; at < size; at += 1 + size / 23) {
        const auto outcome = after(files, [&] { flip_bit(work() / name, at); });
        seen.insert(outcome.code + outcome.warning);
        if (outcome.code.empty()) expect_promises(outcome);
      }
    }
  }
  for (const char* what : {"", "log_damaged", "store_identity_corrupt"}) {
    EXPECT_TRUE(seen.contains(what)) << what;
  }
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
  // Killed while the head of generation 100 was being written: the database has it.
  expect_whole(after(killed(), [&] { kill_slot(0); }));
  // The slot that wasn't being written can't have been torn: what else was lost?
  EXPECT_EQ(after(killed(), [&] { kill_slot(1); }).code, "log_head_damaged");
  EXPECT_EQ(after(killed(), [&] { kill_slot(0), kill_slot(1); }).code, "log_head_missing");
  // Both at once: the newest head is gone, and the database has lost the newest entry.
  EXPECT_EQ(after(killed(),
                  [&] {
                    kill_slot(0);
                    std::filesystem::resize_file(wal(), std::filesystem::file_size(wal()) - 1);
                  })
                .code,
            "log_head_damaged");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::resize_file(head(), 0); }).code,
            "log_head_missing");
  EXPECT_EQ(after(killed(), [&] { std::filesystem::remove(head()); }).code, "log_head_missing");
}

// The head as it was before the last batch: what a kill between commit and head leaves.
TEST_F(LogDamage, AnUnacknowledgedBatchIsKeptAndThenCounts) {
  expect_whole(after(killed(), forget_last_promise));
  // That start has promised it: without it there is a hole.
  std::filesystem::copy_file(yesterday() / "log.db", db(),
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(wal());
  expect_only(try_open(work()), 0);
}

TEST_F(LogDamage, AnUnacknowledgedBatchThatIsDamagedIsDropped) {
  const auto outcome = after(killed(), [] {
    forget_last_promise();
    lose_last_payload();
  });
  for (const Outcome& found : {outcome, try_open(work())}) {
    EXPECT_EQ(found.code, "") << found.message;
    EXPECT_EQ(found.warning, "");
    EXPECT_EQ(found.log.entries.size(), kEntries - 1);
    EXPECT_FALSE(found.log.damaged);
  }
  // Its index is free again.
  {
    DataDir dir = open_dir(work());
    auto opened = LogStore::open(dir, {}, [](PersistSeq) {});
    PersistRequest request;
    request.seq = PersistSeq{1};
    request.append = {entry_of(kEntries, 3, "another")};
    opened->store->persist(std::move(request));
  }
  const auto again = try_open(work());
  EXPECT_EQ(again.code, "") << again.message;
  EXPECT_EQ(again.log.entries.size(), kEntries);
  EXPECT_EQ(*again.log.entries.back().payload, "another");
}

// Its head was being written, or had been, so it was whole before that.
TEST_F(LogDamage, ABatchThatIsDamagedTogetherWithItsHeadMayHaveBeenAcknowledged) {
  expect_only(after(killed(),
                    [] {
                      kill_slot(0);
                      lose_last_payload();
                    }),
              kEntries - 1);
}

// A disk that forgets whom it has met could help to found a second cluster.
TEST_F(LogDamage, AFounderRecordThatIsLostIsRefused) {
  const auto met = test_dir_->root() / "met";
  std::filesystem::remove_all(met);
  {
    DataDir dir = open_dir(met);
    auto opened = LogStore::open(dir, {}, [](PersistSeq) {});
    PersistRequest request;
    request.seq = PersistSeq{1};
    request.founders = contract::founders_of(5, true);
    opened->store->persist(std::move(request));
  }
  EXPECT_EQ(after(met, [] {}).log.founders, contract::founders_of(5, true));
  for (const char* sql : {"DELETE FROM founders", "UPDATE founders SET founded = 0",
                          "UPDATE founders SET members = x'00'"}) {
    EXPECT_EQ(after(met, [&] { run_sql(db(), sql); }).code, "log_founders_damaged") << sql;
  }
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
  head.founders = 11;
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
