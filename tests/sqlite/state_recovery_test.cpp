// A state that is damaged, behind or gone: what a start makes of it.

#include <fstream>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "adapters/sqlite/state/recovery.hpp"
#include "adapters/sqlite/state/start_counter.hpp"
#include "sim/storage/sim_workers.hpp"
#include "tests/sqlite/state_fill.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

using consensus::EntryKind;
using consensus::LogIndex;
using consensus::Member;
using consensus::MemberId;
using consensus::Membership;
using consensus::RestoredLog;
using consensus::Term;

constexpr MemberId kSelf{1};

Membership voters(std::initializer_list<std::uint64_t> ids) {
  Membership out;
  for (const std::uint64_t id : ids) {
    Member member;
    member.id = MemberId{id};
    member.incarnation = 100 + id;
    member.name = "node" + std::to_string(id);
    member.peer_address = member.api_address = "localhost:1";
    out.members.push_back(std::move(member));
  }
  return out;
}

// Of a log that begins behind `base`, in a cluster that these have founded.
RestoredLog log_behind(std::uint64_t base, const Membership& founders) {
  RestoredLog log;
  log.base = {LogIndex{base}, Term{1}};
  log.founders = consensus::FounderRecord{founders, true};
  return log;
}

consensus::Entry naming(std::uint64_t index, const Membership& members) {
  return {LogIndex{index}, Term{1}, EntryKind::Membership,
          make_payload(encode(consensus::MembershipChange{members, {}}))};
}

class StateRecoveryTest : public testing::Test {
 protected:
  StateRecoveryTest() { make_state(); }

  // At index 20.
  void make_state() {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(file().string() + suffix);
    }
    const DataDir dir = open_dir(test_dir_.data());
    auto store = StateDatabase::open(dir, {}, [](LogIndex) {});
    for (std::uint64_t n = 1; n <= 20; ++n) apply_one(**store, n);
    (*store)->stop();
  }

  // What a start says of it: the code of the warning or of the refusal, "" for neither.
  struct Start {
    std::string code;
    std::string message;
    std::optional<std::uint64_t> position;  // nothing: refused
    bool died = false;                      // when it had read the state through
  };
  struct Died {};
  Start start(const RestoredLog& log) {
    sim::SimWorkers workers;
    const DataDir dir = open_dir(test_dir_.data(), {.workers = &workers});
    const std::uint64_t number = count_start(dir).value();
    StateDatabase::Options options;
    options.fatal = [](const FatalError&) { throw Died{}; };
    auto opened = open_state(dir, options, [](LogIndex) {}, {kSelf, log, number});
    if (!opened) return {opened.error().code, opened.error().message, std::nullopt};
    const auto warning = opened->warning.value_or(StartupError{});
    Start out{warning.code, warning.message, opened->store->position().index};
    try {
      while (!opened->store->scrubbed().done) workers.run(Duty::State, true);
      EXPECT_TRUE(is_whole(*opened->store));
    } catch (const Died&) {
      out.died = true;
    }
    workers.kill();
    return out;
  }
  void overwrite(const std::string& text) {
    std::filesystem::remove(file().string() + "-wal");
    std::ofstream(file()) << text;
  }
  void run_sql(const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  std::vector<std::string> set_aside() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(test_dir_.data())) {
      const std::string name = entry.path().filename();
      if (name.starts_with("state.db.damaged")) names.push_back(name);
    }
    return names;
  }
  std::filesystem::path file() const { return test_dir_.data() / "state.db"; }

  TestDir test_dir_;
};

TEST_F(StateRecoveryTest, AStateThatIsWholeIsUsed) {
  const auto began = start(log_behind(15, voters({1, 2, 3})));
  EXPECT_EQ(began.code, "");
  EXPECT_EQ(began.position, 20U);
  EXPECT_EQ(start(log_behind(20, voters({1}))).position, 20U);
}

TEST_F(StateRecoveryTest, ADamagedStateIsSetAsideWhereOthersHaveIt) {
  overwrite("not a database");
  const auto began = start(log_behind(15, voters({1, 2, 3})));
  EXPECT_EQ(began.code, "state_set_aside");
  EXPECT_NE(began.message.find("state.db.damaged-1"), std::string::npos) << began.message;
  EXPECT_EQ(began.position, 0U);
  EXPECT_EQ(set_aside(), std::vector<std::string>{"state.db.damaged-1"});
  std::ifstream kept(test_dir_.data() / "state.db.damaged-1");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "not a database");
}

TEST_F(StateRecoveryTest, OneIsKeptTheLatest) {
  overwrite("first");
  start(log_behind(15, voters({1, 2, 3})));
  overwrite("second");
  start(log_behind(15, voters({1, 2, 3})));
  EXPECT_EQ(set_aside(), std::vector<std::string>{"state.db.damaged-2"});
}

TEST_F(StateRecoveryTest, ALogThatBeginsAtTheBeginningBringsItBack) {
  overwrite("not a database");
  EXPECT_EQ(start(log_behind(0, voters({1}))).code, "state_set_aside");
}

TEST_F(StateRecoveryTest, NobodyElseHasTheStateOfAClusterOfOne) {
  overwrite("not a database");
  const auto refused = start(log_behind(15, voters({1})));
  EXPECT_EQ(refused.code, "store_not_sqlite");
  EXPECT_NE(refused.message.find("only voter"), std::string::npos) << refused.message;
  EXPECT_EQ(refused.position, std::nullopt);
  EXPECT_TRUE(set_aside().empty());
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(StateRecoveryTest, AStateThatEndsBeforeTheLogBeginsIsCompletedByOthers) {
  const auto began = start(log_behind(30, voters({1, 2})));
  EXPECT_EQ(began.code, "state_lost");
  EXPECT_EQ(began.position, 20U);
  EXPECT_EQ(start(log_behind(30, voters({1}))).position, std::nullopt);
  std::filesystem::remove(file());
  EXPECT_EQ(start(log_behind(30, voters({1}))).code, "state_lost");
  EXPECT_EQ(start(log_behind(30, voters({1, 2}))).position, 0U);
}

TEST_F(StateRecoveryTest, WhoTheOthersAreIsInTheLog) {
  const auto code = [this](RestoredLog log) { return start(log).position.has_value(); };
  std::filesystem::remove(file());
  RestoredLog grown = log_behind(30, voters({1}));
  grown.entries = {naming(31, voters({1, 2}))};
  EXPECT_TRUE(code(grown));
  RestoredLog shrunk = log_behind(30, voters({1, 2}));
  shrunk.entries = {naming(31, voters({1}))};
  EXPECT_FALSE(code(shrunk));
  RestoredLog joined = log_behind(30, {});
  joined.founders.reset();
  EXPECT_TRUE(code(joined));
  RestoredLog damaged = log_behind(30, voters({1}));
  damaged.damaged.emplace().slots = {{}, {naming(32, voters({1, 2})), 0}};
  EXPECT_TRUE(code(damaged));
}

TEST_F(StateRecoveryTest, AnotherProgramsFileIsNotSetAside) {
  run_sql("PRAGMA application_id=1");
  EXPECT_EQ(start(log_behind(15, voters({1, 2, 3}))).code, "store_foreign");
  EXPECT_TRUE(set_aside().empty());
}

// SQLite finds nothing wrong with any of these.
TEST_F(StateRecoveryTest, ChangedRowsAreDamage) {
  for (const char* sql :
       {"UPDATE versions SET value = x'00' WHERE id = 3", "DELETE FROM audit WHERE log_index = 7",
        "UPDATE versions SET labels = '[1]' WHERE id = 3", "UPDATE meta SET digest_low = 1",
        "ALTER TABLE audit RENAME COLUMN actor_ip TO actor_iq", "DROP VIEW entries"}) {
    run_sql(sql);
    const auto log = log_behind(15, voters({1, 2, 3}));
    auto began = start(log);
    if (began.died) {
      EXPECT_EQ(began.code, "") << sql;
      began = start(log);
      EXPECT_NE(began.message.find("while it was in use"), std::string::npos) << began.message;
    }
    EXPECT_EQ(began.code, "state_set_aside") << sql;
    EXPECT_EQ(start(log).code, "state_lost") << sql << ": the damage is told of once";
    make_state();
  }
}

// The log reaches back to the beginning, so that this node needs nobody; and it doesn't.
TEST_F(StateRecoveryTest, WhatWasFoundInUseIsSetAsideWhereItComesBack) {
  const auto run = [this](const RestoredLog& log) {
    make_state();
    run_sql("DELETE FROM audit WHERE log_index = 7");
    EXPECT_TRUE(start(log).died);
    return start(log);
  };
  EXPECT_EQ(run(log_behind(0, voters({1}))).code, "state_set_aside");
  const auto refused = run(log_behind(15, voters({1})));
  EXPECT_EQ(refused.code, "store_malformed");
  EXPECT_EQ(refused.position, std::nullopt);
  EXPECT_NE(refused.message.find("only voter"), std::string::npos) << refused.message;
  EXPECT_NE(refused.message.find("an event of table audit"), std::string::npos) << refused.message;
  EXPECT_EQ(start(log_behind(15, voters({1}))).code, "store_malformed") << "nothing was touched";
  EXPECT_EQ(start(log_behind(15, voters({1, 2}))).code, "state_set_aside");
}

// An index holds it too. Were it only found by whoever reads by that index, the scrub would find
// nothing, and a look-up would miss its row.
TEST_F(StateRecoveryTest, NoCopyOfAKeyIsOverlooked) {
  std::ifstream in(file(), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  int set_aside = 0;
  for (auto at = whole.find("key82"); at != whole.npos; at = whole.find("key82", at + 1)) {
    std::string flipped = whole;
    flipped[at] ^= 1;
    overwrite(flipped);
    const auto began = start(log_behind(15, voters({1, 2, 3})));
    if (began.died || began.code == "state_set_aside") ++set_aside;
    start(log_behind(15, voters({1, 2, 3})));
  }
  EXPECT_GE(set_aside, 6) << "in both tables, in their indexes, and what is derived from them";
}

}  // namespace
}  // namespace confman::sqlite
