#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "adapters/sqlite/snapshot/store.hpp"
#include "consensus/config.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/memory_store.hpp"
#include "domain/state/meta.hpp"
#include "tests/contract/snapshot_store_contract.hpp"
#include "tests/sqlite/state_fill.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

// A member's disk with its state and its snapshots; waits for what the worker reports.
class SqliteSnapshotHarness {
 public:
  consensus::SnapshotStore& store() { return *snapshots_; }
  StateDatabase& state() { return *state_; }
  const DataDir& dir() const { return dir_; }

  void fill(int seed) {
    for (int i = 0; i < 40; ++i) {
      apply_one(*state_, static_cast<std::uint64_t>(seed * 40 + i));
    }
    state_->flush_and_wait();
  }
  std::string fingerprint() {
    Bytes stream;
    domain::SnapshotHeader header;
    header.position = state_->position();
    domain::write_snapshot(*state_, header, [&](ByteView bytes) { stream += bytes; });
    return to_hex(as_view(sha256(stream)));
  }
  std::optional<consensus::SnapshotMeta> build() {
    snapshots_->build();
    return await();
  }
  bool install(const consensus::SnapshotMeta& meta) {
    snapshots_->install(meta);
    if (!await()) {
      return false;
    }
    snapshots_->finish_install();
    return true;
  }

 private:
  std::optional<consensus::SnapshotMeta> await() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return answered_; });
    answered_ = false;
    return std::exchange(answer_, std::nullopt);
  }
  void answer(std::optional<consensus::SnapshotMeta> meta) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(meta);
    answered_ = true;
    changed_.notify_all();
  }

  TestDir test_dir_;
  DataDir dir_ = open_dir(test_dir_.data());
  std::unique_ptr<StateDatabase> state_ =
      StateDatabase::open(dir_, {}, [](consensus::LogIndex) {}).value();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool answered_ = false;
  std::optional<consensus::SnapshotMeta> answer_;
  std::unique_ptr<SnapshotStore> snapshots_ =
      SnapshotStore::open(dir_, *state_, {},
                          {.built = [this](consensus::SnapshotMeta meta) { answer(meta); },
                           .failed = [this](const std::string&) { answer(std::nullopt); },
                           .prepared = [this](consensus::SnapshotMeta meta) { answer(meta); },
                           .rejected = [this](consensus::SnapshotMeta,
                                              const std::string&) { answer(std::nullopt); }})
          .value();
};

// What consensus takes to be needed on the disk before it lets a snapshot come. Small values are
// the worst: then the indexes count most.
TEST(SnapshotStore, TheStateThatIsMadeOfAStreamIsNoLargerThanIsAllowedFor) {
  SqliteSnapshotHarness sender;
  SqliteSnapshotHarness receiver;
  sender.fill(1);
  for (int i = 0; i < 5'000; ++i) {
    const auto meta = domain::meta_of(sender.state());
    const std::uint64_t index = meta.applied.index + 1;
    domain::Command command;
    command.stamp = {meta.last_stamp.wall_ms + 1, 0};
    command.idempotency_key = std::to_string(i);
    command.body = domain::PutEntry{
        "/", std::to_string(i), "text/plain", "1", {{"a", "b"}, {"c", std::to_string(i)}}, "", {}};
    domain::apply(sender.state(), {1, index, index}, command);
  }
  sender.state().flush_and_wait();
  const auto meta = sender.build();
  ASSERT_TRUE(meta);
  for (Bytes piece; auto read = sender.store().read(meta->last, piece.size(), 1 << 20);) {
    if (read->empty()) break;
    receiver.store().stage(*meta, piece.size(), *read);
    piece += *read;
  }
  ASSERT_TRUE(receiver.install(*meta));
  const auto size = std::filesystem::file_size(receiver.dir().file("state.db"));
  RecordProperty("percent", std::to_string(size * 100 / meta->size));
  EXPECT_LE(size, meta->size * consensus::kStateBytesPerSnapshotByte)
      << "of a stream of " << meta->size;
}

TEST(SnapshotStore, StreamIsThatOfTheReferenceStore) {
  SqliteSnapshotHarness sender;
  sender.fill(1);
  domain::MemoryStateStore memory;
  for (std::uint64_t i = 40; i < 80; ++i) {
    apply_one(memory, i);
  }
  const auto meta = sender.build();
  ASSERT_TRUE(meta);
  domain::SnapshotHeader header;
  header.cluster = "prod";
  header.position = domain::meta_of(memory).applied;
  header.membership = kMembers;
  Bytes expected;
  domain::write_snapshot(memory, header, [&](ByteView bytes) { expected += bytes; });
  EXPECT_EQ(sender.store().read(meta->last, 0, meta->size), expected);
}

TEST(SnapshotStore, ASnapshotIsOfTheDurableState) {
  SqliteSnapshotHarness sender;
  sender.fill(1);
  const auto durable = sender.state().position();
  apply_one(sender.state(), 1);  // in memory only
  const auto meta = sender.build();
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->last.index.value, durable.index);
}

TEST(SnapshotStore, TheLevelThatWasAnnouncedIsThatOfTheState) {
  SqliteSnapshotHarness sender;
  sender.fill(1);
  domain::apply_feature_level(sender.state(), {1, sender.state().position().index + 1, 5}, 3);
  sender.state().flush_and_wait();
  const auto meta = sender.build();
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->feature_level, 3U);
  EXPECT_EQ(meta->chain, 5U);
  auto wrong = *meta;
  wrong.feature_level = 2;
  SqliteSnapshotHarness receiver;
  receiver.store().stage(wrong, 0, *sender.store().read(meta->last, 0, meta->size));
  EXPECT_FALSE(receiver.install(wrong));
}

TEST(SnapshotStore, AnInstalledStateSurvivesAKillAndTakesCommands) {
  SqliteSnapshotHarness sender;
  sender.fill(1);
  const auto meta = sender.build();
  SqliteSnapshotHarness receiver;
  receiver.fill(2);
  receiver.store().stage(*meta, 0, *sender.store().read(meta->last, 0, meta->size));
  ASSERT_TRUE(receiver.install(*meta));
  TestDir other;
  const auto copy = other.root() / "copy";
  std::filesystem::copy(receiver.dir().path(), copy, std::filesystem::copy_options::recursive);
  std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
  const DataDir dir = open_dir(copy);
  auto state = StateDatabase::open(dir, {}, [](consensus::LogIndex) {}).value();
  EXPECT_EQ(state->position().index, meta->last.index.value);
  EXPECT_TRUE(is_whole(*state));
  Connection::Options reading;
  reading.file = dir.file("state.db");
  reading.read_only = true;
  EXPECT_EQ(Connection::open(reading)->query_number(
                "SELECT count(*) FROM entry_heads WHERE version_id IS NULL"),
            0)
      << "entries must not be stored twice";
  apply_one(*state, 5);
  apply_one(receiver.state(), 5);
  state->flush_and_wait();
  receiver.state().flush_and_wait();
  EXPECT_TRUE(is_whole(*state));
  EXPECT_TRUE(is_whole(receiver.state()));
}

TEST(SnapshotStore, WhatWasLookedUpBeforeAnInstallationIsLookedUpAnew) {
  SqliteSnapshotHarness sender;
  sender.fill(1);
  const auto meta = sender.build();
  SqliteSnapshotHarness receiver;
  std::vector<std::pair<Bytes, Bytes>> rows;
  sender.state().scan(domain::Table::Namespace, {}, {}, [&](ByteView key, ByteView value) {
    rows.emplace_back(key, value);
    return true;
  });
  ASSERT_FALSE(rows.empty());
  for (const auto& [key, value] : rows) {
    EXPECT_EQ(receiver.state().get(domain::Table::Namespace, key), std::nullopt);
  }
  receiver.store().stage(*meta, 0, *sender.store().read(meta->last, 0, meta->size));
  ASSERT_TRUE(receiver.install(*meta));
  for (const auto& [key, value] : rows) {
    EXPECT_EQ(receiver.state().get(domain::Table::Namespace, key), value);
  }
}

TEST(SnapshotStore, LeftoversAreRemovedAtStart) {
  TestDir test;
  {
    const DataDir dir = open_dir(test.data());
    auto state = StateDatabase::open(dir, {}, [](consensus::LogIndex) {}).value();
    apply_one(*state, 1);
    state->flush_and_wait();
  }
  std::ofstream(test.data() / "state.db.new") << "half";
  std::filesystem::create_directory(test.data() / "snapshots");
  std::ofstream(test.data() / "snapshots" / "building.snap.tmp") << "half";
  std::ofstream(test.data() / "snapshots" / "17-2.snap") << "whole, and known to nobody";
  const DataDir dir = open_dir(test.data());
  auto state = StateDatabase::open(dir, {}, [](consensus::LogIndex) {}).value();
  ASSERT_TRUE(SnapshotStore::open(dir, *state, {}, {}));
  EXPECT_FALSE(std::filesystem::exists(test.data() / "state.db.new"));
  EXPECT_TRUE(std::filesystem::is_empty(test.data() / "snapshots"));
  EXPECT_TRUE(is_whole(*state));
}

}  // namespace
}  // namespace confman::sqlite

namespace confman::contract {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, SnapshotStoreContract, sqlite::SqliteSnapshotHarness);

}  // namespace confman::contract
