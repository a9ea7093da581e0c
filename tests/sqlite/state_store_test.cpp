#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "adapters/sqlite/state/label_text.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "tests/sqlite/state_fill.hpp"
#include "tests/sqlite/test_dir.hpp"
#include "tests/support/fields.hpp"

namespace confman::sqlite {
namespace {

using consensus::LogIndex;
using domain::Table;

class StateStoreTest : public testing::Test {
 protected:
  std::unique_ptr<StateDatabase> open(const DataDir& dir,
                                      const StateDatabase::Options& options = {}) {
    auto store =
        StateDatabase::open(dir, options, [this](LogIndex index) { durable_ = index.value; });
    if (!store) {
      ADD_FAILURE() << store.error().code << ": " << store.error().message;
      std::abort();
    }
    return std::move(*store);
  }
  std::string code_of_open() {
    const DataDir dir = open_dir(test_dir_.data());
    auto store = StateDatabase::open(dir, {}, [](LogIndex) {});
    return store ? "" : store.error().code;
  }
  // The rows of a query as the sqlite3 shell shows them.
  std::string query(const std::string& sql) {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open_v2(file().c_str(), &db, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    std::string out;
    const auto row = [](void* text, int columns, char** values, char**) {
      for (int i = 0; i < columns; ++i) {
        *static_cast<std::string*>(text) +=
            std::string(i == 0 ? "" : "|") + (values[i] ? values[i] : "");
      }
      *static_cast<std::string*>(text) += "\n";
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), row, &out, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
    return out;
  }
  std::filesystem::path file() const { return test_dir_.data() / "state.db"; }

  TestDir test_dir_;
  std::atomic<std::uint64_t> durable_ = 0;
};

TEST_F(StateStoreTest, TheFileIsReadableWithTheShell) {
  const DataDir dir = open_dir(test_dir_.data());
  auto store = open(dir);
  domain::initialise(*store);
  domain::Command command;
  command.stamp = {1'700'000'000'000, 0};
  command.actor = {domain::ActorType::User, "ann", "192.0.2.1"};
  command.body = domain::PutEntry{
      "/", "greeting", "text/plain", "hello", {{"team", "co\"re"}}, "what we say", {}};
  domain::apply(*store, {1, 1, 7}, command);
  store->flush_and_wait();
  EXPECT_EQ(query("SELECT path, key, version, value, labels ->> 'team', author_id FROM entries"),
            "/|greeting|1|hello|co\"re|ann\n");
  EXPECT_EQ(query("SELECT log_index, action, path, key, actor_id, refusal FROM audit"),
            "1|config.created|/|greeting|ann|\n");
  EXPECT_EQ(query("SELECT key, log_index, live_entries FROM meta"), "meta|1|1\n");
  EXPECT_EQ(query("SELECT count(*) FROM versions WHERE raw IS NULL"), "1\n");
}

// By the catalogue: a record that is added is tested here without a line.
TEST_F(StateStoreTest, EveryFieldOfEachRecordComesBackFromItsColumns) {
  const DataDir dir = open_dir(test_dir_.data());
  auto store = open(dir);
  domain::initialise(*store);
  domain::for_each_table([&](auto tag) {
    using Described = decltype(tag)::type;
    using Key = Described::Key;
    using Row = Described::Row;
    SCOPED_TRACE(Described::kName);
    Key key{};
    Key::for_each_part(key, test::KeyParts());
    const Bytes bytes = domain::keys::encode_key(key);
    if constexpr (!std::is_same_v<Row, domain::KeyAlone>) {
      auto rows = test::alterations<Row>();
      rows.push_back(test::filled<Row>());
      for (const Row& row : rows) {
        const Bytes value = domain::encode_record(row);
        store->put(Described::kTable, bytes, value);
        store->command_applied();
        store->flush_and_wait();
        EXPECT_EQ(store->get(Described::kTable, bytes), value);
      }
    } else {
      store->put(Described::kTable, bytes, {});
      store->command_applied();
      store->flush_and_wait();
      EXPECT_EQ(store->get(Described::kTable, bytes), Bytes{});
    }
    // The last one's columns say it all: what the key says is the same.
    const std::string table = Described::kName;
    EXPECT_EQ(query("SELECT count(*) FROM " + table + " WHERE raw IS NOT NULL"),
              Described::kTable == Table::Entry ? "1\n" : "0\n");
  });
}

TEST_F(StateStoreTest, AnEntryAndItsVersionAreStoredOnce) {
  const DataDir dir = open_dir(test_dir_.data());
  auto store = open(dir);
  for (std::uint64_t n = 1; n <= 300; ++n) {
    apply_one(*store, n);
    if (n % 50 == 0) {
      store->flush_and_wait();
    }
  }
  EXPECT_EQ(
      query("SELECT count(*) > 50, count(version_id) = count(*), count(raw) FROM entry_heads"),
      "1|1|0\n");
  EXPECT_TRUE(is_whole(*store));
}

// Apply does neither; the port doesn't forbid it.
TEST_F(StateStoreTest, AnEntryOutlivesTheVersionThatItIsEqualTo) {
  const DataDir dir = open_dir(test_dir_.data());
  auto store = open(dir, {.scrub = {.rows_per_step = 0}});
  const auto value_of = [](std::uint64_t version, const char* text) {
    domain::EntryRow row;
    row.version = version;
    row.value = text;
    return domain::encode(row);
  };
  const Bytes first = value_of(1, "first");
  for (const char* name : {"erased", "rewritten"}) {
    store->put(Table::Entry, domain::keys::of_entry("/", name), first);
    store->put(Table::Version, domain::keys::of_version("/", name, 1), first);
  }
  store->command_applied();
  store->flush_and_wait();
  EXPECT_EQ(query("SELECT count(version_id) FROM entry_heads"), "2\n");

  const Bytes second = value_of(1, "second");
  store->erase(Table::Version, domain::keys::of_version("/", "erased", 1));
  store->put(Table::Version, domain::keys::of_version("/", "rewritten", 1), second);
  store->command_applied();
  store->flush_and_wait();
  for (const char* name : {"erased", "rewritten"}) {
    EXPECT_EQ(store->get(Table::Entry, domain::keys::of_entry("/", name)), first) << name;
  }
  EXPECT_EQ(store->get(Table::Version, domain::keys::of_version("/", "erased", 1)), std::nullopt);
  EXPECT_EQ(store->get(Table::Version, domain::keys::of_version("/", "rewritten", 1)), second);
}

// What is behind the last key that state.db may have isn't looked for there.
TEST_F(StateStoreTest, ARowBehindAllOthersOfItsTableIsFoundWhereverItIs) {
  const auto ids = [](const StateDatabase& store, std::uint64_t from, bool backwards) {
    std::vector<std::uint64_t> found;
    const auto visit = [&](ByteView key, ByteView) {
      found.push_back(domain::keys::parse_key<domain::keys::RequestKey>(key)->id);
      return true;
    };
    const Bytes first = domain::keys::of_request(from);
    backwards ? store.scan_backwards(Table::Request, first, {}, visit)
              : store.scan(Table::Request, first, {}, visit);
    return found;
  };
  using Ids = std::vector<std::uint64_t>;
  const auto key = [](std::uint64_t id) { return domain::keys::of_request(id); };
  const DataDir dir = open_dir(test_dir_.data());
  StateDatabase::Options options;
  options.scrub.rows_per_step = 0;  // it would find that no command has written these rows
  auto store = open(dir, options);
  EXPECT_EQ(ids(*store, 0, true), Ids{});
  for (const std::uint64_t id : {10, 11, 12}) store->put(Table::Request, key(id), "row");
  store->command_applied();
  EXPECT_EQ(ids(*store, 11, false), (Ids{11, 12}));
  store->flush_and_wait();
  EXPECT_EQ(store->get(Table::Request, key(12)), "row");
  EXPECT_FALSE(store->get(Table::Request, key(20)));
  EXPECT_EQ(ids(*store, 0, true), (Ids{12, 11, 10}));

  store->put(Table::Request, key(20), "row");
  store->erase(Table::Request, key(11));
  store->command_applied();
  EXPECT_EQ(ids(*store, 0, true), (Ids{20, 12, 10}));
  EXPECT_EQ(ids(*store, 13, false), (Ids{20}));
  store->flush_and_wait();
  EXPECT_EQ(store->get(Table::Request, key(20)), "row");
  EXPECT_EQ(ids(*store, 0, true), (Ids{20, 12, 10}));

  // It comes and goes, and comes again.
  store->put(Table::Request, key(30), "row");
  store->erase(Table::Request, key(30));
  store->command_applied();
  store->flush_and_wait();
  EXPECT_FALSE(store->get(Table::Request, key(30)));
  store->put(Table::Request, key(30), "row");
  store->command_applied();
  store->flush_and_wait();
  store->erase(Table::Request, key(30));
  store->command_applied();
  store->flush_and_wait();
  EXPECT_EQ(ids(*store, 0, false), (Ids{10, 12, 20}));
  EXPECT_EQ(query("SELECT group_concat(id) FROM requests"), "10,12,20\n");
}

TEST_F(StateStoreTest, ReportsTheAppliedIndexThatIsDurable) {
  const DataDir dir = open_dir(test_dir_.data());
  auto store = open(dir);
  for (std::uint64_t n = 1; n <= 10; ++n) {
    apply_one(*store, n);
  }
  EXPECT_EQ(store->position().index, 10U);
  store->flush_and_wait();
  apply_one(*store, 11);
  store.reset();  // nothing more is flushed: the log still has it
  EXPECT_EQ(durable_, 10U);
  EXPECT_EQ(open(dir)->position().index, 10U);
}

TEST_F(StateStoreTest, FlushesByItselfAndKeepsTheWriteAheadLogShort) {
  const DataDir dir = open_dir(test_dir_.data());
  StateDatabase::Options options;
  options.flush_bytes = 50'000;
  options.max_bytes = 100'000;
  options.checkpoint_pages = 50;
  auto store = open(dir, options);
  for (std::uint64_t n = 1; n <= 4000; ++n) {
    apply_one(*store, n);
    // Reads between flushes hold a transaction: it must not keep the log from being emptied.
    store->get(Table::Entry, domain::keys::of_entry("/", "absent"));
  }
  EXPECT_GT(durable_, 3000U);
  // A flush of 50 kB is some 100 pages; without checkpoints there would be thousands.
  EXPECT_LT(std::filesystem::file_size(file().string() + "-wal"), 1000U * 4096);
  store->flush_and_wait();
  EXPECT_TRUE(is_whole(*store));
}

TEST_F(StateStoreTest, ALostFileIsAnEmptyStateAndADamagedOneIsRefused) {
  {
    const DataDir dir = open_dir(test_dir_.data());
    auto store = open(dir);
    apply_one(*store, 1);
    store->stop();
  }
  const auto original = test_dir_.root() / "original";
  std::filesystem::copy_file(file(), original);
  std::filesystem::resize_file(file(), 0);
  EXPECT_EQ(code_of_open(), "store_empty_but_expected");
  std::ofstream(file()) << "text";
  EXPECT_EQ(code_of_open(), "store_not_sqlite");
  std::filesystem::copy_file(original, file(), std::filesystem::copy_options::overwrite_existing);
  std::filesystem::resize_file(file(), std::filesystem::file_size(file()) - 5000);
  EXPECT_EQ(code_of_open(), "store_malformed");
  std::filesystem::remove(file());
  const DataDir dir = open_dir(test_dir_.data());
  EXPECT_EQ(open(dir)->position().index, 0U);
}

TEST_F(StateStoreTest, ARowThatIsNotWhatWasWrittenEndsTheProcess) {
  {
    const DataDir dir = open_dir(test_dir_.data());
    auto store = open(dir);
    for (const std::uint64_t n : {1, 2}) apply_one(*store, n);
    store->stop();
    store.reset();
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
    // A bit of a value, as a disk may flip it: SQLite itself has no means to notice.
    ASSERT_EQ(sqlite3_exec(db, "UPDATE versions SET updated_ms = updated_ms + 1", nullptr, nullptr,
                           nullptr),
              SQLITE_OK);
    sqlite3_close(db);
  }
  const DataDir dir = open_dir(test_dir_.data());
  EXPECT_EXIT(
      {
        auto damaged = open(dir);
        damaged->scan(Table::Entry, "", "", [](ByteView, ByteView) { return true; });
      },
      testing::ExitedWithCode(kExitData), "a row of table (entries|versions) is damaged");
}

TEST(LabelText, RoundTripsAnyBytes) {
  const domain::Labels labels = {
      {"", ""}, {std::string("a\0b", 3), "\x01\"\\\n\xff"}, {"é", "{},:"}};
  EXPECT_EQ(parse_label_text(to_label_text(labels)), labels);
  EXPECT_EQ(to_label_text({{"team", "core"}}), R"({"team":"core"})");
  EXPECT_EQ(parse_label_text("{}"), domain::Labels{});
  for (const char* bad : {"", "{", "[]", "{}x", R"({"a"})", R"({"a":"b")", R"({"a":"b",})",
                          R"({"a":"\u0041"})", R"({"a":"\n"})", R"({"a":1})"}) {
    EXPECT_EQ(parse_label_text(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace confman::sqlite
