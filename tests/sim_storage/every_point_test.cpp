// What a node does rarely, ended at every single call that changes the disk, by a kill or by power
// cuts of several kinds: the next start finds what was there before or what was to come, whole.

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

#include "adapters/sqlite/log/head.hpp"
#include "adapters/sqlite/wal/mend.hpp"
#include "sim/storage/node_storage.hpp"
#include "tests/contract/log_store_contract.hpp"
#include "tests/sim_storage/storage_fixture.hpp"
#include "tests/sim_storage/truth.hpp"

namespace confman::sim {
namespace {

using consensus::HardState;
using consensus::LogIndex;
using consensus::LogPoint;
using consensus::PersistRequest;
using consensus::PersistSeq;
using consensus::Term;
using contract::entry_of;

// How a process ends in the middle of what it does.
enum class Ending {
  Stopped,     // at a call that changes something
  FailedSync,  // it meets one, and ends itself
};
// And what comes before the start that must find everything in order.
enum class Then {
  Kill,           // the machine lives on
  PowerCut,       // it doesn't
  AnotherAndCut,  // it does; a process starts, writes a little, and power is cut
};

// Each in so many ways, by a seed: what the power cut leaves, and how far the other process gets.
constexpr std::uint64_t kWays = 4;

// The worst of each kind: nothing that was not synced is left, or garbage, under all names.
class Worst final : public CrashChoices {
 public:
  explicit Worst(bool garbage) : garbage_(garbage) {}

  bool keeps_name(std::string_view) override { return garbage_; }
  Fate fate_of(const Write&) override { return garbage_ ? Fate::Torn : Fate::Dropped; }
  std::uint64_t sector_bytes() override { return DiskSpace::kBlockBytes; }
  Sector fate_of_sector() override { return Sector::Garbage; }

 private:
  const bool garbage_;
};

// The names of which the bits are set survive, and all writes.
class Names final : public CrashChoices {
 public:
  explicit Names(unsigned bits) : bits_(bits) {}

  bool keeps_name(std::string_view) override { return (bits_ >> asked_++ & 1) != 0; }
  Fate fate_of(const Write&) override { return Fate::Kept; }
  std::uint64_t sector_bytes() override { return DiskSpace::kBlockBytes; }
  Sector fate_of_sector() override { return Sector::New; }

 private:
  const unsigned bits_;
  unsigned asked_ = 0;
};

class EveryPoint : public testing::Test {
 protected:
  using Act = std::function<void(NodeStorage&)>;
  // Returns how far the stores are. Later processes must be as far.
  using Check = std::function<std::uint64_t(NodeStorage&, const NodeStorage::Opened&)>;

  // From `before`, a process does `act`, or only starts if there is none, and is ended within that,
  // at every point at which it can be.
  void run(const SimFileSystem::Image& before, const Act& act, const Check& check) {
    for (const Ending ending : {Ending::Stopped, Ending::FailedSync}) {
      std::uint64_t point = 0;
      while (end_at(before, act, ending, point, check)) {
        ++point;
        if (HasFailure()) return;
      }
      EXPECT_GT(point, 1U) << "so few calls?";
    }
  }

  static void persist_and_work(NodeStorage& storage, PersistRequest request) {
    storage.log().persist(std::move(request));
    storage.run(NodeStorage::Job::Log);
  }

  bool must_exit_ = true;  // when a sync fails

 private:
  // False: there is no such point.
  bool end_at(const SimFileSystem::Image& before, const Act& act, Ending ending,
              std::uint64_t point, const Check& check) {
    bool ended = false;
    for (const Then then : {Then::Kill, Then::PowerCut, Then::AnotherAndCut}) {
      for (std::uint64_t i = 0; i < (then == Then::Kill ? 1 : kWays); ++i) {
        const std::uint64_t seed = point * 1000 + i;
        SCOPED_TRACE("ending " + std::to_string(static_cast<int>(ending)) + " at point " +
                     std::to_string(point) + ", then " + std::to_string(static_cast<int>(then)) +
                     ", seed " + std::to_string(seed));
        NodeStorage storage({});
        storage.put_back(before);
        ended = begin_and_end(storage, act, ending, point);
        std::uint64_t least = 0;
        if (then == Then::PowerCut) {
          cut_power(storage, seed);
        } else {
          storage.kill();
        }
        if (then == Then::AnotherAndCut) least = run_another(storage, seed, check);
        const auto opened = storage.open();
        EXPECT_TRUE(opened) << opened.error().code << ": " << opened.error().message;
        if (!opened) return false;
        EXPECT_GE(check(storage, *opened), least);
        if (HasFailure()) return false;
      }
    }
    return ended;
  }
  // False: it did all of it.
  bool begin_and_end(NodeStorage& storage, const Act& act, Ending ending,
                     std::uint64_t point) const {
    const auto arm = [&] {
      if (ending == Ending::Stopped) {
        storage.disk().stop_after(point);
      } else {
        storage.disk().arm({.kind = IoFault::Kind::SyncError, .after = point});
      }
    };
    bool exited = false;
    if (!act) arm();
    const auto opened = storage.open();
    if (act) {
      EXPECT_TRUE(opened) << opened.error().message;
      arm();
      try {
        act(storage);
      } catch (const ProcessExit& exit) {
        exited = true;
        EXPECT_EQ(exit.code, sqlite::kExitIo) << exit.message;
      }
    }
    const bool struck = storage.disk().struck() > 0;
    if (struck && must_exit_) {
      // SQLite doesn't look whether it could sync a directory; its user did so before.
      const bool directory = storage.disk().struck_file() == "/data";
      EXPECT_TRUE(exited || !opened || directory) << storage.disk().struck_file();
    }
    storage.disk().disarm();
    return exited || !opened || struck || !storage.disk().running();
  }
  static void cut_power(NodeStorage& storage, std::uint64_t seed) {
    SeededCrash drawn(seed);
    Names names(1U << (seed / 1000) % 3);
    Worst lost(false);
    Worst garbage(true);
    CrashChoices* choices[] = {&drawn, &names, &lost, &garbage};
    storage.cut_power(*choices[seed % 4]);
  }
  // Counts on what it finds, and adds a term to it.
  static std::uint64_t run_another(NodeStorage& storage, std::uint64_t seed, const Check& check) {
    const auto opened = storage.open();
    EXPECT_TRUE(opened) << opened.error().code << ": " << opened.error().message;
    if (!opened) return 0;
    const std::uint64_t found = check(storage, *opened);
    storage.disk().stop_after(seed % 13);
    try {
      PersistRequest request;
      request.seq = PersistSeq{1};
      request.hard_state = HardState{opened->log.hard_state.term.next(), std::nullopt};
      persist_and_work(storage, std::move(request));
    } catch (const ProcessExit&) {
    }
    cut_power(storage, seed);
    return found;
  }
};

// What a process leaves whose log goes up to `entries` and whose state to `applied`: if it stopped
// in order, without write-ahead logs.
SimFileSystem::Image image_of(std::uint64_t entries, std::uint64_t applied, bool stopped = true) {
  NodeStorage storage({});
  open_or_abort(storage);
  PersistRequest request;
  request.seq = PersistSeq{1};
  request.hard_state = HardState{Term{1}, std::nullopt};
  for (std::uint64_t i = 1; i <= entries; ++i) request.append.push_back(entry_of(i, 1));
  storage.log().persist(std::move(request));
  storage.run(NodeStorage::Job::Log);
  for (std::uint64_t i = 1; i <= applied; ++i) sqlite::apply_one(storage.state(), i);
  storage.state().flush_and_wait();
  if (stopped) storage.close();
  return storage.image();
}

void expect_state_at(NodeStorage& storage, std::uint64_t index) {
  Truth truth;
  EXPECT_EQ(storage.state().get(domain::Table::Meta, domain::keys::kMeta), truth.meta_at(index));
  EXPECT_TRUE(sqlite::is_whole(storage.state()));
}

TEST_F(EveryPoint, OfTheFirstStart) {
  run({}, nullptr, [](NodeStorage&, const NodeStorage::Opened& opened) {
    EXPECT_TRUE(opened.log.entries.empty());
    EXPECT_EQ(opened.applied.index, 0U);
    return 0;
  });
}

TEST_F(EveryPoint, OfALaterStart) {
  for (const bool stopped : {false, true}) {
    run(image_of(20, 10, stopped), nullptr,
        [](NodeStorage& storage, const NodeStorage::Opened& opened) {
          EXPECT_EQ(opened.log.entries.size(), 20U);
          EXPECT_EQ(opened.applied.index, 10U);
          expect_state_at(storage, 10);
          return 0;
        });
  }
}

SimFileSystem::Image changed(const SimFileSystem::Image& image, const std::string& sql,
                             const char* file = "/data/log.db") {
  NodeStorage storage({});
  storage.put_back(image);
  run_sql(storage.disk(), sql, file);
  return storage.image();
}

// What could be read is written anew; that takes nothing away, whenever it ends.
TEST_F(EveryPoint, OfAStartThatMendsALog) {
  run(changed(image_of(20, 10),
              "DELETE FROM log WHERE idx = 15; UPDATE log SET crc = 0 WHERE idx = 18;"
              "DELETE FROM log_state"),
      nullptr, [](NodeStorage&, const NodeStorage::Opened& opened) {
        EXPECT_EQ(opened.log.entries.size(), 14U);
        EXPECT_TRUE(opened.log.damaged);
        if (!opened.log.damaged) return 0;
        EXPECT_EQ(opened.log.damaged->promised.index, LogIndex{20});
        const auto& slots = opened.log.damaged->slots;
        EXPECT_EQ(slots.size(), 6U);
        EXPECT_EQ(std::ranges::count_if(slots, [](const auto& slot) { return !slot.entry; }), 2);
        return 0;
      });
}

// One that is damaged; its write-ahead log must not become that of the new one.
TEST_F(EveryPoint, OfAStartThatSetsAStateAside) {
  auto image = image_of(20, 10, false);
  ASSERT_FALSE(image.at("/data/state.db-wal")->empty());
  image.at("/data/state.db")->assign(20'000, 'x');
  must_exit_ = false;  // SQLite closes the damaged one, and nobody counts on that
  run(image, nullptr, [](NodeStorage& storage, const NodeStorage::Opened& opened) {
    EXPECT_EQ(opened.log.entries.size(), 20U);
    EXPECT_EQ(opened.applied.index, 0U);
    const auto files = storage.disk().files();
    EXPECT_EQ(std::ranges::count_if(files,
                                    [](const auto& file) {
                                      return file.path.starts_with("/data/state.db.damaged-") &&
                                             !file.path.ends_with("-wal");
                                    }),
              1);
    return 0;
  });
}

// It had got to the database in part, and not to the head. But where its place in the head is dead
// it had got to the database: what is missing there is damage.
TEST_F(EveryPoint, OfAStartThatDropsABatch) {
  const auto before = image_of(20, 10);
  NodeStorage storage({});
  storage.put_back(before);
  open_or_abort(storage);
  PersistRequest request;
  request.seq = PersistSeq{1};
  request.append = {entry_of(21, 1), entry_of(22, 1)};
  persist_and_work(storage, std::move(request));
  storage.kill();
  auto image = changed(storage.image(), "UPDATE log SET crc = 0 WHERE idx = 22");
  // The second batch, so in the first slot.
  Bytes& head = *image.at("/data/log.head");
  const Bytes dead(sqlite::kHeadSlotBytes, '\x55');
  const Bytes old = before.at("/data/log.head")->substr(0, sqlite::kHeadSlotBytes);
  for (const bool is_damage : {false, true}) {
    head.replace(0, sqlite::kHeadSlotBytes, is_damage ? dead : old);
    run(image, nullptr, [&](NodeStorage&, const NodeStorage::Opened& opened) {
      EXPECT_EQ(opened.log.entries.size(), is_damage ? 21U : 20U);
      EXPECT_EQ(opened.log.damaged.has_value(), is_damage);
      return 0;
    });
  }
}

// It is damaged, and the head says that it was durable. SQLite, which takes it for torn, removes
// the write-ahead log when it is closed.
TEST_F(EveryPoint, OfAStartThatKeepsALastTransaction) {
  NodeStorage storage({});
  storage.put_back(image_of(20, 10));
  open_or_abort(storage);
  PersistRequest request;
  request.seq = PersistSeq{1};
  for (std::uint64_t i = 21; i <= 24; ++i) {
    request.append.push_back(entry_of(i, 1, std::string(3000, 'v')));
  }
  persist_and_work(storage, std::move(request));
  storage.kill();
  auto image = storage.image();
  Bytes& wal = *image.at("/data/log.db-wal");
  const std::size_t last_but_one = wal.size() - 2 * sqlite::kWalFrameBytes;
  for (std::size_t i = 200; i < sqlite::kWalPageBytes; i += 100) wal[last_but_one + i] ^= 4;
  must_exit_ = false;  // SQLite closes what it takes for torn, and nobody counts on that
  run(image, nullptr, [](NodeStorage&, const NodeStorage::Opened& opened) {
    EXPECT_TRUE(opened.log.damaged);
    if (!opened.log.damaged) return 0;
    const auto& slots = opened.log.damaged->slots;
    EXPECT_EQ(opened.log.damaged->promised.index, LogIndex{24});
    EXPECT_EQ(std::ranges::count_if(slots, [](const auto& slot) { return !slot.entry; }), 1);
    return 0;
  });
}

// Two of each: the second goes on in the first one's write-ahead log.
TEST_F(EveryPoint, OfTwoBatchesOfTheLog) {
  std::uint64_t reported = 0;
  run(
      image_of(20, 0),
      [&](NodeStorage& storage) {
        reported = 20;
        for (const std::uint64_t index : {21U, 23U}) {
          PersistRequest request;
          request.seq = PersistSeq{index};
          request.append = {entry_of(index, 1, std::string(9000, 'x')), entry_of(index + 1, 1)};
          try {
            persist_and_work(storage, std::move(request));
          } catch (const ProcessExit&) {
            if (storage.last_persisted().upto.value == index) reported = index + 1;
            throw;
          }
          reported = index + 1;
        }
      },
      [&](NodeStorage&, const NodeStorage::Opened& opened) {
        const std::uint64_t entries = opened.log.entries.size();
        EXPECT_GE(entries, reported);
        EXPECT_TRUE(entries == 20 || entries == 22 || entries == 24) << entries;
        return entries;
      });
}

TEST_F(EveryPoint, OfTwoFlushes) {
  std::uint64_t reported = 0;
  run(
      image_of(30, 10),
      [&](NodeStorage& storage) {
        reported = 10;
        for (const std::uint64_t upto : {20U, 30U}) {
          for (std::uint64_t i = upto - 9; i <= upto; ++i) sqlite::apply_one(storage.state(), i);
          storage.state().flush();
          try {
            storage.run(NodeStorage::Job::State);
          } catch (const ProcessExit&) {
            reported = std::max(reported, storage.last_state_durable().index.value);
            throw;
          }
          reported = upto;
          (void)storage.take_completions();
        }
      },
      [&](NodeStorage& storage, const NodeStorage::Opened& opened) {
        const std::uint64_t at = opened.applied.index;
        EXPECT_GE(at, reported);
        EXPECT_EQ(at % 10, 0U);
        expect_state_at(storage, at);
        return at;
      });
}

// A process is killed while it moves a flush into the database, and the log that would move it
// again is damaged. The pages that it has moved may be in the system's cache alone.
TEST_F(EveryPoint, OfACheckpointWhoseLogIsDamaged) {
  const SimFileSystem::Image before = image_of(20, 10);
  bool was_moved = false;
  bool was_mixed = false;
  bool ended = true;
  for (std::uint64_t point = 0; ended; ++point) {
    NodeStorage storage({.state = {.checkpoint_pages = 1}});
    storage.put_back(before);
    open_or_abort(storage);
    for (std::uint64_t i = 11; i <= 20; ++i) sqlite::apply_one(storage.state(), i);
    storage.state().flush();
    storage.disk().stop_after(point);
    try {
      storage.run(NodeStorage::Job::State);
    } catch (const ProcessExit&) {
    }
    ended = !storage.disk().running();
    storage.kill();
    const auto wal = storage.disk().medium("/data/state.db-wal");
    if (wal && !wal->empty()) storage.disk().overwrite("/data/state.db-wal", 0, Bytes(32, '?'));
    const auto opened = open_or_abort(storage);
    const std::uint64_t found = opened.applied.index;
    // Pages of two states, some moved and some not, would be no state.
    if (opened.state_warning.empty()) expect_state_at(storage, found);
    was_mixed = was_mixed || opened.state_warning == "state_set_aside";
    was_moved = was_moved || found == 20;
    Worst nothing_is_left(false);
    storage.cut_power(nothing_is_left);
    const auto again = open_or_abort(storage);
    EXPECT_EQ(again.applied.index, found) << point;
    EXPECT_EQ(again.state_warning, "") << point;
  }
  EXPECT_TRUE(was_moved);
  EXPECT_TRUE(was_mixed);
}

TEST_F(EveryPoint, OfAnInstallation) {
  const auto snapshot = Truth::snapshot_at(50);
  bool reported = false;
  run(
      image_of(20, 10),
      [&](NodeStorage& storage) {
        reported = false;
        // The old state has a write-ahead log, which must not become the new one's.
        for (std::uint64_t i = 11; i <= 15; ++i) sqlite::apply_one(storage.state(), i);
        storage.state().flush_and_wait();
        (void)storage.take_completions();
        auto& snapshots = storage.snapshots();
        if (snapshots.stage(snapshot.first, 0, snapshot.second) != snapshot.first.size) return;
        snapshots.install(snapshot.first);
        storage.run(NodeStorage::Job::Snapshots);
        (void)storage.take_completions();
        reported = true;
        // As the core does.
        PersistRequest request;
        request.seq = PersistSeq{1};
        request.reset_to = LogPoint{snapshot.first.last, snapshot.first.chain};
        persist_and_work(storage, std::move(request));
      },
      [&](NodeStorage& storage, const NodeStorage::Opened& opened) {
        const std::uint64_t at = opened.applied.index;
        EXPECT_TRUE(at == 50 || (!reported && (at == 10 || at == 15))) << at;
        expect_state_at(storage, at);
        return at;
      });
}

TEST_F(EveryPoint, OfAnOrderlyStop) {
  must_exit_ = false;  // what is left undone, the next start does
  run(
      image_of(20, 10),
      [](NodeStorage& storage) {
        for (std::uint64_t i = 11; i <= 20; ++i) sqlite::apply_one(storage.state(), i);
        storage.close();
      },
      [](NodeStorage& storage, const NodeStorage::Opened& opened) {
        EXPECT_EQ(opened.log.entries.size(), 20U);
        const std::uint64_t at = opened.applied.index;
        EXPECT_TRUE(at == 10 || at == 20) << at;
        expect_state_at(storage, at);
        return at;
      });
}

// One that was found to be damaged while it was in use, which no start would find.
TEST_F(EveryPoint, OfAStartThatSetsASuspectStateAside) {
  auto image = image_of(20, 10, false);
  image.emplace("/data/state.suspect", "state.db: a row of table audit is damaged\n");
  must_exit_ = false;  // SQLite closes the damaged one, and nobody counts on that
  run(image, nullptr, [](NodeStorage& storage, const NodeStorage::Opened& opened) {
    EXPECT_EQ(opened.log.entries.size(), 20U);
    EXPECT_EQ(opened.applied.index, 0U);
    EXPECT_FALSE(storage.image().contains("/data/state.suspect"));
    EXPECT_TRUE(sqlite::is_whole(storage.state()));
    return 0;
  });
}

// What is found is told to the next start, or found again.
TEST_F(EveryPoint, OfAScrubThatFindsDamage) {
  must_exit_ = false;  // it does in any case
  const auto damaged =
      changed(image_of(20, 10), "DELETE FROM audit WHERE log_index = 7", "/data/state.db");
  const auto scrub = [](NodeStorage& storage) {
    try {
      while (storage.scrub_on()) {
      }
      ADD_FAILURE() << "nothing was found";
    } catch (const ProcessExit& exit) {
      EXPECT_TRUE(exit.code == sqlite::kExitData || !storage.disk().running()) << exit.message;
    }
  };
  run(damaged, scrub, [&](NodeStorage& storage, const NodeStorage::Opened& opened) {
    EXPECT_EQ(opened.log.entries.size(), 20U);
    if (opened.applied.index != 0) {
      EXPECT_EQ(opened.applied.index, 10U);
      scrub(storage);
      storage.kill();
      EXPECT_EQ(open_or_abort(storage).applied.index, 0U);
    }
    EXPECT_TRUE(sqlite::is_whole(storage.state()));
    return 0;
  });
}

}  // namespace
}  // namespace confman::sim
