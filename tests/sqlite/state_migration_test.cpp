// A state.db of Confman 0.1.0 has no label index: it gets one when it is opened.

#include <gtest/gtest.h>
#include <map>
#include <sqlite3.h>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/state/scrub.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "domain/catalogue.hpp"
#include "domain/query/page.hpp"
#include "domain/review/policy.hpp"
#include "tests/sqlite/state_fill.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;
using Rows = std::map<std::pair<Table, Bytes>, Bytes>;

class StateMigration : public testing::Test {
 protected:
  std::expected<std::unique_ptr<StateDatabase>, StartupError> open(const DataDir& dir) {
    return StateDatabase::open(dir, {}, [](consensus::LogIndex) {});
  }
  void sql(const std::string& text) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  std::string text_of(const std::string& query) {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
    sqlite3_stmt* select = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db, query.c_str(), -1, &select, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(select), SQLITE_ROW);
    std::string text = reinterpret_cast<const char*>(sqlite3_column_text(select, 0));
    sqlite3_finalize(select);
    sqlite3_close(db);
    return text;
  }
  // The file as 0.1.0 would have written it: the other tables and columns are the same.
  void make_old() {
    make_5();
    sql("DROP TABLE labels; DROP TABLE label_names; PRAGMA user_version = 4");
  }
  // As a build would have that knows of labels, and not of who may do what.
  void make_5() {
    make_6();
    sql("DROP TABLE api_keys; DROP TABLE roles; DROP TABLE assignments; DROP TABLE group_members;"
        "DROP TABLE member_groups; ALTER TABLE namespaces DROP COLUMN no_inherit;"
        "ALTER TABLE namespaces DROP COLUMN assignments;"
        "ALTER TABLE meta DROP COLUMN closed; ALTER TABLE meta DROP COLUMN access_changed;"
        "ALTER TABLE meta DROP COLUMN api_keys; ALTER TABLE meta DROP COLUMN roles;"
        "ALTER TABLE meta DROP COLUMN assignments; ALTER TABLE audit DROP COLUMN restored_version; "
        "PRAGMA user_version = 5");
  }
  // Before readings of secrets were noted.
  void make_8() { sql("ALTER TABLE policies DROP COLUMN note_readings; PRAGMA user_version = 8"); }
  // Before secrets, quotas, retention and restore points, and before a version could be destroyed.
  void make_7() {
    make_8();
    std::string view = text_of("SELECT sql FROM sqlite_schema WHERE name = 'entries'");
    for (const std::string column : {", v.sealed AS sealed", ", v.destroyed AS destroyed"}) {
      const std::size_t at = view.find(column);
      ASSERT_NE(at, view.npos) << view;
      view.erase(at, column.size());
    }
    sql("DROP VIEW entries; ALTER TABLE versions DROP COLUMN sealed;"
        "ALTER TABLE versions DROP COLUMN destroyed;" +
        view +
        "; DROP TABLE data_keys; DROP TABLE wrapped_keys; DROP TABLE master_keys;"
        "ALTER TABLE meta DROP COLUMN data_keys; ALTER TABLE audit DROP COLUMN keyed;"
        "DROP TABLE quotas; DROP TABLE retentions; DROP TABLE restore_points;"
        "DROP TABLE held_indexes; DROP TABLE chores; ALTER TABLE requests DROP COLUMN holds;"
        "ALTER TABLE meta DROP COLUMN quotas; ALTER TABLE meta DROP COLUMN retentions;"
        "ALTER TABLE meta DROP COLUMN restore_points; ALTER TABLE meta DROP COLUMN chores;"
        "PRAGMA user_version = 7");
  }
  // Before schemas and reviews.
  void make_6() {
    make_7();
    sql("DROP TABLE schemas; DROP TABLE schema_versions; DROP TABLE bindings;"
        "ALTER TABLE namespaces DROP COLUMN schemas;"
        "ALTER TABLE namespaces DROP COLUMN content_changed;"
        "ALTER TABLE meta DROP COLUMN schemas; ALTER TABLE meta DROP COLUMN bindings;"
        "DROP TABLE policies; DROP TABLE requests; DROP TABLE request_changes; DROP TABLE "
        "approvals;"
        "DROP TABLE request_notes; DROP TABLE open_requests;"
        "DROP TABLE due_requests; ALTER TABLE meta DROP COLUMN policies;"
        "ALTER TABLE meta DROP COLUMN due_requests;"
        "ALTER TABLE meta DROP COLUMN open_requests; ALTER TABLE audit DROP COLUMN key_id;"
        "ALTER TABLE audit DROP COLUMN change_request;"
        "PRAGMA user_version = 6");
  }
  // Returns what the state holds.
  Rows fill() {
    const DataDir dir = open_dir(test_dir_.data());
    auto store = open(dir).value();
    for (std::uint64_t n = 1; n <= 300; ++n) apply_one(*store, n);
    store->flush_and_wait();
    return rows_of(*store);
  }
  static Rows rows_of(const domain::StateStore& store) {
    Rows rows;
    for (std::size_t i = 0; i < domain::kTableCount; ++i) {
      const auto table = static_cast<Table>(i);
      store.scan(table, {}, {}, [&](ByteView key, ByteView value) {
        rows.emplace(std::pair(table, key), value);
        return true;
      });
    }
    return rows;
  }
  // What it finds, in words.
  std::string scrub() {
    Connection::Options options;
    options.file = file();
    options.read_only = true;
    StateScrub scrub(Connection::open(options).value(), ScrubLimits{});
    while (!scrub.progress().done) {
      if (const auto step = scrub.step(); !step) {
        return step.error();
      }
    }
    return "";
  }
  std::filesystem::path file() const { return test_dir_.data() / "state.db"; }

  TestDir test_dir_;
};

TEST_F(StateMigration, AStateFromBeforeThereWereKeysGetsItsTablesAndColumns) {
  const Rows before = fill();
  make_5();
  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(rows_of(**store), before);
}

TEST_F(StateMigration, AStateFromBeforeThereWereSchemasGetsItsTablesAndColumns) {
  const Rows before = fill();
  make_6();
  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(rows_of(**store), before);
}

TEST_F(StateMigration, AStateFromBeforeReadingsWereNotedGetsTheColumn) {
  const Rows before = fill();
  make_8();
  const Bytes key = domain::keys::of_policy("/a");
  domain::PolicyRow row{.revision = {1, 1}};
  row.terms.note_readings = true;
  {
    const DataDir dir = open_dir(test_dir_.data());
    auto store = open(dir);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(rows_of(**store), before);
    (*store)->put(Table::Policy, key, domain::encode(row));
    (*store)->command_applied();
    (*store)->flush_and_wait();
  }
  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->get(Table::Policy, key), domain::encode(row));
}

// The view of the entries names the columns of the versions, and so is made anew.
TEST_F(StateMigration, AStateFromBeforeSecretsAndDestructionsGetsTheirColumns) {
  const Rows before = fill();
  make_7();
  const Bytes key = domain::keys::of_version("/a", "later", 1);
  domain::EntryRow row{.version = 1, .content_type = "text/plain", .value = "x", .sealed = true};
  row.destroyed = domain::encode_record(domain::Destruction{.why = "so", .digest = sha256("x")});
  {
    const DataDir dir = open_dir(test_dir_.data());
    auto store = open(dir);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(rows_of(**store), before);
    (*store)->put(Table::Version, key, domain::encode(row));
    (*store)->put(Table::Entry, domain::keys::of_entry("/a", "later"), domain::encode(row));
    (*store)->command_applied();
    (*store)->flush_and_wait();
  }
  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->get(Table::Version, key), domain::encode(row));
  EXPECT_EQ((*store)->get(Table::Entry, domain::keys::of_entry("/a", "later")),
            domain::encode(row));
}

TEST_F(StateMigration, AnOlderStateGetsItsLabelIndexAndKeepsTheRest) {
  const Rows before = fill();
  make_old();
  for (const char* time : {"migrated", "opened once more"}) {
    const DataDir dir = open_dir(test_dir_.data());
    const auto store = open(dir);
    ASSERT_TRUE(store) << time << ": " << store.error().message;
    EXPECT_EQ(rows_of(**store), before) << time;
  }
}

TEST_F(StateMigration, AStateFromBeforeRollbacksGetsTheirColumn) {
  const Rows before = fill();
  make_5();
  domain::AuditRow event;
  event.revision = {1, 1'000'000};
  event.action = domain::Action::ConfigRolledBack;
  event.restored_version = 7;
  const Bytes key = domain::keys::of_audit(event.revision.index, 0);
  {
    const DataDir dir = open_dir(test_dir_.data());
    auto store = open(dir);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(rows_of(**store), before);
    (*store)->put(Table::Audit, key, domain::encode(event));
    (*store)->command_applied();
    (*store)->flush_and_wait();
  }
  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->get(Table::Audit, key), domain::encode(event));
}

// No digest covers the index: the scrub knows what it must be from the entries.
TEST_F(StateMigration, TheScrubFindsAnIndexThatIsNotThatOfTheEntries) {
  fill();
  EXPECT_EQ(scrub(), "");
  sql("CREATE TEMP TABLE row AS SELECT * FROM labels LIMIT 1;"
      "DELETE FROM labels WHERE key = (SELECT key FROM row)");
  EXPECT_NE(scrub(), "") << "a row is missing";
}

// What an interrupted one leaves is a transaction without an end.
TEST_F(StateMigration, OneThatWasInterruptedStartsAgain) {
  const Rows before = fill();
  make_old();
  const auto copy = test_dir_.root() / "interrupted";
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
  // So small a cache spills what was written into the write-ahead log before the commit.
  ASSERT_EQ(sqlite3_exec(db,
                         "PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE labels(x);"
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
                         " i < 5000) INSERT INTO labels SELECT hex(randomblob(100)) FROM n",
                         nullptr, nullptr, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(db);
  const std::string wal = file().string() + "-wal";
  ASSERT_GT(std::filesystem::file_size(wal), 100'000U);
  std::filesystem::copy_file(file(), copy);
  std::filesystem::copy_file(wal, copy.string() + "-wal");
  sqlite3_close(db);
  std::filesystem::rename(copy, file());
  std::filesystem::rename(copy.string() + "-wal", wal);

  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(rows_of(**store), before);
}

TEST_F(StateMigration, ADamagedOlderStateIsRefusedAsDamaged) {
  fill();
  make_old();
  sql("UPDATE versions SET updated_ms = updated_ms + 1");
  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, "store_malformed");
}

TEST_F(StateMigration, AnotherNodesOlderStateIsRefused) {
  fill();
  make_old();
  sql("UPDATE identity SET node = 'node2'");
  const DataDir dir = open_dir(test_dir_.data());
  const auto store = open(dir);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, "wrong_data_dir");
}

}  // namespace
}  // namespace confman::sqlite
