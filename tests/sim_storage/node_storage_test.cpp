#include "sim/storage/node_storage.hpp"

#include <gtest/gtest.h>

#include "adapters/sqlite/connection.hpp"
#include "domain/base/hash.hpp"
#include "tests/contract/log_store_contract.hpp"
#include "tests/sim_storage/storage_fixture.hpp"
#include "tests/sim_storage/truth.hpp"

namespace confman::sim {
namespace {

using consensus::HardState;
using consensus::PersistRequest;
using consensus::PersistSeq;
using consensus::Term;
using contract::entry_of;
using Job = NodeStorage::Job;

PersistRequest request(std::uint64_t n) {
  PersistRequest out;
  out.seq = PersistSeq{n};
  if (n == 1) out.hard_state = HardState{Term{1}, std::nullopt};
  out.append = {entry_of(n, 1, "entry " + std::to_string(n))};
  return out;
}

TEST(NodeStorage, NothingHappensByItself) {
  NodeStorage storage({});
  open_or_abort(storage);
  EXPECT_FALSE(storage.has_work(Job::Log) || storage.has_work(Job::State) ||
               storage.has_work(Job::Snapshots));
  const auto changes = storage.disk().changes();
  storage.log().persist(request(1));
  storage.log().persist(request(2));
  sqlite::apply_one(storage.state(), 1);
  storage.state().flush();
  storage.snapshots().build();
  EXPECT_EQ(storage.disk().changes(), changes);
  EXPECT_FALSE(storage.has_completions());
  for (const Job job : {Job::Log, Job::State, Job::Snapshots}) {
    EXPECT_TRUE(storage.has_work(job));
    storage.run(job);
    EXPECT_FALSE(storage.has_work(job));
  }
  const auto completions = storage.take_completions();
  ASSERT_EQ(completions.size(), 3U);
  EXPECT_EQ(std::get<NodeStorage::Persisted>(completions[0]).upto, PersistSeq{2})
      << "both in one batch";
  EXPECT_EQ(std::get<NodeStorage::StateDurable>(completions[1]).index.value, 1U);
  EXPECT_EQ(std::get<NodeStorage::SnapshotBuilt>(completions[2]).meta.last.index.value, 1U);
}

TEST(NodeStorage, CountsStartsAndKeepsItsIncarnation) {
  NodeStorage storage({.incarnation_if_new = 42});
  auto opened = open_or_abort(storage);
  EXPECT_TRUE(opened.created);
  EXPECT_EQ(opened.starts, 1U);
  EXPECT_EQ(opened.incarnation, 42U);
  storage.kill();
  opened = open_or_abort(storage);
  EXPECT_FALSE(opened.created);
  EXPECT_EQ(opened.starts, 2U);
  storage.close();
  storage.wipe();
  opened = open_or_abort(storage);
  EXPECT_TRUE(opened.created);
  EXPECT_EQ(opened.starts, 1U);
}

TEST(NodeStorage, AKillBetweenWorkLosesOnlyWhatWasNotWritten) {
  NodeStorage storage({});
  open_or_abort(storage);
  storage.log().persist(request(1));
  storage.run(Job::Log);
  storage.log().persist(request(2));
  storage.kill();
  EXPECT_FALSE(storage.is_open());
  EXPECT_EQ(open_or_abort(storage).log.entries.size(), 1U);
}

// What else is read may be in the system's cache alone: see EveryPoint.OfTwoFlushes.
TEST(NodeStorage, AStartLeavesAWriteAheadLogAsItIsIfItKnowsThatItWasSynced) {
  for (const bool knows : {true, false}) {
    NodeStorage storage({});
    open_or_abort(storage);
    for (std::uint64_t i = 1; i <= 10; ++i) sqlite::apply_one(storage.state(), i);
    storage.state().flush_and_wait();
    storage.kill();
    auto image = storage.image();
    ASSERT_TRUE(image.contains("/data/state.synced"));
    if (!knows) image.erase("/data/state.synced");
    storage.put_back(image);
    EXPECT_EQ(open_or_abort(storage).applied.index, 10U);
    const auto wal = storage.image().at("/data/state.db-wal");
    EXPECT_EQ(wal == image.at("/data/state.db-wal"), knows);
    EXPECT_EQ(wal->empty(), !knows);
  }
}

TEST(NodeStorage, AnOldImageIsAnOldNode) {
  NodeStorage storage({});
  open_or_abort(storage);
  storage.log().persist(request(1));
  storage.run(Job::Log);
  const auto old = storage.image();
  storage.log().persist(request(2));
  storage.run(Job::Log);
  storage.kill();
  storage.put_back(old);
  EXPECT_EQ(open_or_abort(storage).log.entries.size(), 1U);
}

// As production's process does: nothing is retried, nothing more is done.
TEST(NodeStorage, AnErrorEndsTheProcessWithItsCode) {
  const auto exit_of = [](const IoFault& fault, const std::function<void(NodeStorage&)>& act) {
    NodeStorage storage({});
    open_or_abort(storage);
    storage.disk().arm(fault);
    try {
      act(storage);
    } catch (const ProcessExit& exit) {
      EXPECT_EQ(storage.last_persisted().upto, PersistSeq{});
      EXPECT_FALSE(storage.has_completions());
      EXPECT_NE(exit.message, "");
      return exit.code;
    }
    return 0;
  };
  const auto write_log = [](NodeStorage& storage) {
    storage.log().persist(request(1));
    storage.run(Job::Log);
  };
  const auto flush = [](NodeStorage& storage) {
    sqlite::apply_one(storage.state(), 1);
    storage.state().flush();
    storage.run(Job::State);
  };
  using enum IoFault::Kind;
  EXPECT_EQ(exit_of({.kind = WriteError, .file = "/data/log.db-wal"}, write_log), sqlite::kExitIo);
  EXPECT_EQ(exit_of({.kind = SyncError, .file = "/data/log.db-wal"}, write_log), sqlite::kExitIo);
  EXPECT_EQ(exit_of({.kind = WriteError, .file = "/data/log.head"}, write_log), sqlite::kExitIo);
  EXPECT_EQ(exit_of({.kind = SyncError, .file = "/data/log.head"}, write_log), sqlite::kExitIo);
  EXPECT_EQ(exit_of({.kind = SyncError, .file = "/data/state.db-wal"}, flush), sqlite::kExitIo);
  EXPECT_EQ(exit_of({.kind = WriteError, .file = "/data/state.db-wal"}, flush), sqlite::kExitIo);
}

TEST(NodeStorage, DamageThatIsMetAtWorkEndsTheProcessWithAnotherCode) {
  NodeStorage storage({});
  open_or_abort(storage);
  for (std::uint64_t i = 1; i <= 200; ++i) sqlite::apply_one(storage.state(), i);
  storage.state().flush_and_wait();
  (void)storage.take_completions();
  storage.close();
  open_or_abort(storage);
  const auto size = storage.image().at("/data/state.db")->size();
  for (std::uint64_t page = 1; page < size / 4096; ++page) {
    for (int bit = 0; bit < 8; ++bit) storage.disk().flip_bit("/data/state.db", page * 4096, bit);
  }
  try {
    storage.state().scan(domain::Table::Audit, {}, {}, [](ByteView, ByteView) { return true; });
    FAIL() << "read a table of damaged pages";
  } catch (const ProcessExit& exit) {
    EXPECT_EQ(exit.code, sqlite::kExitData) << exit.message;
  }
}

TEST(NodeStorage, AStartThatIsRefusedSaysWhyAndLeavesNoProcess) {
  NodeStorage storage({});
  open_or_abort(storage);
  storage.log().persist(request(1));
  storage.run(Job::Log);
  storage.kill();
  storage.disk().lose_file("/data/log.head");
  const auto opened = storage.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "log_head_missing");
  EXPECT_EQ(opened.error().exit_code, sqlite::kExitData);
  EXPECT_FALSE(storage.is_open());
}

TEST(NodeStorage, ADirectoryIsUsedByOneProcess) {
  NodeStorage storage({});
  open_or_abort(storage);
  auto second = sqlite::DataDir::open({.path = "/data",
                                       .cluster = "sim",
                                       .node = "node",
                                       .group = {},
                                       .incarnation_if_new = 1,
                                       .platform = {.files = &storage.disk()}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "data_dir_locked");
}

// --- determinism

// The salts and checksums of a write-ahead log are drawn by SQLite, from a generator that is the
// whole program's (https://sqlite.org/fileformat2.html#the_write_ahead_log).
std::string without_salts(std::string wal) {
  constexpr std::size_t kHeader = 32;
  constexpr std::size_t kFrame = 24 + 4096;
  const auto blank = [&wal](std::size_t from, std::size_t to) {
    if (to <= wal.size()) wal.replace(from, to - from, to - from, ' ');
  };
  blank(16, kHeader);
  for (std::size_t at = kHeader; at < wal.size(); at += kFrame) blank(at + 8, at + 24);
  return wal;
}

SimFileSystem::Image live(std::uint64_t seed) {
  Prng prng(seed, "live");
  NodeStorage storage({});
  std::uint64_t applied = 0;
  for (int process = 0; process < 4; ++process) {
    auto opened = open_or_abort(storage);
    std::uint64_t last = opened.log.entries.size();
    std::uint64_t seq = 0;
    applied = opened.applied.index;
    for (int i = 0; i < 40; ++i) {
      PersistRequest next = request(++last);
      next.hard_state = HardState{Term{last + 1}, std::nullopt};
      next.append[0].term = Term{1};
      next.seq = PersistSeq{++seq};
      storage.log().persist(std::move(next));
      sqlite::apply_one(storage.state(), ++applied);
      if (prng.chance(1, 4)) storage.run(Job::Log);
      if (prng.chance(1, 6)) storage.state().flush();
      if (prng.chance(1, 9)) storage.snapshots().build();
      if (storage.has_work(Job::State) && prng.chance(1, 2)) storage.run(Job::State);
      if (storage.has_work(Job::Snapshots) && prng.chance(1, 2)) storage.run(Job::Snapshots);
      (void)storage.take_completions();
    }
    SeededCrash choices(prng.next());
    storage.cut_power_during(Job::Log, prng.below(12), choices);
  }
  auto image = storage.image();
  for (auto& [path, content] : image) {
    if (path.ends_with("-wal")) content = without_salts(std::move(*content));
    const bool names_them = path == "/data/state.moving" || path == "/data/state.synced";
    if (names_them) content->clear();
  }
  return image;
}

TEST(NodeStorage, TheSameCallsLeaveTheSameDisk) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto first = live(seed);
    const auto second = live(seed);
    ASSERT_EQ(first.size(), second.size());
    for (const auto& [path, content] : first) {
      EXPECT_EQ(second.at(path), content) << path << " of seed " << seed;
    }
  }
}

// --- what SQLite believes of the disk

TEST(FileSystemVfs, WithoutPowersafeOverwritesACommitFillsItsLastSector) {
  const auto bytes_of_a_commit = [](bool powersafe) {
    NodeStorage storage({.device = {.sector_bytes = 4096, .powersafe_overwrite = powersafe}});
    open_or_abort(storage);
    storage.log().persist(request(1));
    storage.run(Job::Log);
    return storage.image().at("/data/log.db-wal")->size();
  };
  EXPECT_GT(bytes_of_a_commit(false), bytes_of_a_commit(true));
}

TEST(FileSystemVfs, AnswersWhatSqliteAsks) {
  SimFileSystem files({});
  const sqlite::FileSystemVfs vfs(files, files.device());
  sqlite::Connection::Options options;
  options.file = "/test.db";
  options.vfs = vfs.name();
  auto connection = sqlite::Connection::open(options);
  ASSERT_TRUE(connection) << connection.error().message;
  EXPECT_TRUE(connection->exec("CREATE TABLE t(x); INSERT INTO t VALUES(1), (2)"));
  EXPECT_EQ(connection->query_number("SELECT sum(x) FROM t"), 3);
  EXPECT_EQ(connection->query_number("SELECT strftime('%Y', 'now') + 0"), 1970)
      << "time stands still";
  EXPECT_EQ(connection->query_number("SELECT count(*) FROM t AS a, t AS b ORDER BY a.x, b.x"), 4);
  auto second = sqlite::Connection::open(options);
  ASSERT_TRUE(connection->exec("BEGIN IMMEDIATE"));
  EXPECT_FALSE(second->exec("BEGIN IMMEDIATE")) << "one writer, and nobody sleeps for the other";
  EXPECT_EQ(second->query_number("SELECT sum(x) FROM t"), 3) << "readers don't wait";
}

}  // namespace
}  // namespace confman::sim
