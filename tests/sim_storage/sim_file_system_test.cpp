#include "sim/storage/sim_file_system.hpp"

#include <gtest/gtest.h>

#include "adapters/sqlite/vfs/files.hpp"

namespace confman::sim {
namespace {

using sqlite::File;
using sqlite::OpenMode;

// Every choice the same.
class Always final : public CrashChoices {
 public:
  explicit Always(Fate fate, Sector sector = Sector::New, std::uint64_t sector_bytes = 512)
      : fate_(fate), sector_(sector), sector_bytes_(sector_bytes) {}

  bool keeps_name(std::string_view) override { return fate_ != Fate::Dropped; }
  Fate fate_of(const Write&) override { return fate_; }
  std::uint64_t sector_bytes() override { return sector_bytes_; }
  Sector fate_of_sector() override { return sector_; }

 private:
  Fate fate_;
  Sector sector_;
  std::uint64_t sector_bytes_;
};

// Takes its answers in turn; keeps what it isn't asked about.
class Script final : public CrashChoices {
 public:
  std::vector<bool> names;
  std::vector<Fate> fates;
  std::vector<Sector> sectors;
  std::vector<std::string> asked;

  bool keeps_name(std::string_view name) override {
    asked.emplace_back(name);
    return next(names, true);
  }
  Fate fate_of(const Write& write) override {
    asked.push_back(std::string(write.file) + (write.truncation ? " cut to " : " at ") +
                    std::to_string(write.offset));
    return next(fates, Fate::Kept);
  }
  std::uint64_t sector_bytes() override { return 512; }
  Sector fate_of_sector() override { return next(sectors, Sector::New); }

 private:
  template <class T>
  static T next(std::vector<T>& from, T otherwise) {
    if (from.empty()) return otherwise;
    const T out = from.front();
    from.erase(from.begin());
    return out;
  }
};

class SimFileSystemTest : public testing::Test {
 protected:
  std::unique_ptr<File> open(const char* path, OpenMode mode = OpenMode::Create) {
    auto file = files_.open(path, mode);
    EXPECT_TRUE(file) << path << ": error " << (file ? 0 : file.error());
    return file ? std::move(*file) : nullptr;
  }
  std::string content(const char* path) {
    return sqlite::read_start(files_, path, 1 << 20).value_or("(none)");
  }
  // A file that is durable, with its name.
  std::unique_ptr<File> durable(const char* path, ByteView bytes) {
    auto file = open(path);
    EXPECT_TRUE(file->write(0, bytes) && file->sync() && files_.sync_directory("/"));
    return file;
  }
  void cut_power(CrashChoices::Fate fate) {
    Always choices(fate);
    files_.restart(choices);
  }

  SimFileSystem files_{{}};
};

using enum CrashChoices::Fate;
using enum CrashChoices::Sector;

TEST_F(SimFileSystemTest, WhatWasSyncedSurvivesAndTheRestAsChosen) {
  auto file = durable("/f", "one");
  ASSERT_TRUE(file->write(3, "two"));
  EXPECT_EQ(content("/f"), "onetwo");
  cut_power(Dropped);
  EXPECT_EQ(content("/f"), "one");
  file = open("/f", OpenMode::ReadWrite);
  ASSERT_TRUE(file->write(3, "two"));
  cut_power(Kept);
  EXPECT_EQ(content("/f"), "onetwo");
}

TEST_F(SimFileSystemTest, EachWriteHasItsOwnFate) {
  auto file = durable("/f", "......");
  ASSERT_TRUE(file->write(0, "a") && file->write(2, "b") && file->truncate(5));
  Script choices;
  choices.fates = {Dropped, Kept, Dropped};
  files_.restart(choices);
  EXPECT_EQ(choices.asked, (std::vector<std::string>{"/f at 0", "/f at 2", "/f cut to 5"}));
  EXPECT_EQ(content("/f"), "..b...");
}

TEST_F(SimFileSystemTest, AWriteIsTornAtSectors) {
  auto file = durable("/f", std::string(2048, '.'));
  ASSERT_TRUE(file->write(100, std::string(1500, 'x')));
  Script choices;
  choices.fates = {Torn};
  choices.sectors = {New, Old, Garbage, New};
  files_.restart(choices);
  EXPECT_EQ(content("/f"), std::string(100, '.') + std::string(412, 'x') + std::string(512, '.') +
                               std::string(512, '\xa5') + std::string(64, 'x') +
                               std::string(448, '.'));
}

TEST_F(SimFileSystemTest, WithoutThePromiseATornSectorTakesItsNeighboursAlong) {
  SimFileSystem files({.sector_bytes = 4096, .powersafe_overwrite = false});
  auto file = std::move(*files.open("/f", OpenMode::Create));
  ASSERT_TRUE(file->write(0, std::string(1024, '.')) && file->sync() && files.sync_directory("/"));
  ASSERT_TRUE(file->write(100, "x"));
  Always choices(Torn, Garbage);
  files.restart(choices);
  EXPECT_EQ(sqlite::read_start(files, "/f", 2000),
            std::string(512, '\xa5') + std::string(512, '.'));
}

TEST_F(SimFileSystemTest, AGapIsZeros) {
  auto file = durable("/f", "ab");
  ASSERT_TRUE(file->write(2, "cd") && file->write(4, "ef"));
  Script choices;
  choices.fates = {Dropped, Kept};
  files_.restart(choices);
  EXPECT_EQ(content("/f"), std::string("ab\0\0ef", 6));
}

TEST_F(SimFileSystemTest, SyncingAFileDoesNotSaveItsName) {
  auto file = open("/f");
  ASSERT_TRUE(file->write(0, "x") && file->sync());
  cut_power(Dropped);
  EXPECT_EQ(content("/f"), "(none)");
}

TEST_F(SimFileSystemTest, ARenameSurvivesWhollyOrNotAtAll) {
  durable("/old", "old");
  durable("/new", "new");
  ASSERT_TRUE(files_.rename("/new", "/old"));
  EXPECT_EQ(content("/old"), "new");
  cut_power(Dropped);
  EXPECT_EQ(content("/old"), "old");
  EXPECT_EQ(content("/new"), "new");
  ASSERT_TRUE(files_.rename("/new", "/old"));
  cut_power(Kept);
  EXPECT_EQ(content("/old"), "new");
  EXPECT_EQ(content("/new"), "(none)");
}

TEST_F(SimFileSystemTest, NamesSurviveInAnyCombination) {
  durable("/a", "a");
  open("/b");
  ASSERT_TRUE(files_.remove("/a"));
  open("/c");
  Script choices;
  choices.names = {true, false, false};
  files_.restart(choices);
  EXPECT_EQ(choices.asked[0] + choices.asked[1] + choices.asked[2], "bac");
  EXPECT_EQ(*files_.list("/"), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SimFileSystemTest, ADirectoryThatIsLostTakesItsFilesAlong) {
  ASSERT_TRUE(files_.make_directory("/d"));
  auto file = open("/d/f");
  ASSERT_TRUE(file->write(0, "x") && file->sync() && files_.sync_directory("/d"));
  cut_power(Dropped);
  EXPECT_EQ(files_.list("/d").error(), ENOENT);
}

TEST_F(SimFileSystemTest, AKilledProcessLeavesWhatItWrote) {
  auto file = durable("/f", "one");
  ASSERT_TRUE(file->write(3, "two"));
  open("/g");
  files_.stop();
  EXPECT_EQ(file->write(6, "late").error(), EIO);
  EXPECT_EQ(files_.open("/f", OpenMode::Read).error(), EIO);
  files_.restart();
  EXPECT_EQ(file->sync().error(), EIO) << "a handle of a dead process";
  EXPECT_EQ(content("/f"), "onetwo");
  EXPECT_EQ(content("/g"), "");
  cut_power(Dropped);
  EXPECT_EQ(content("/f"), "one") << "nobody has synced it meanwhile";
  EXPECT_EQ(content("/g"), "(none)");
}

TEST_F(SimFileSystemTest, AProcessCanEndAtAnyCallThatChangesSomething) {
  auto file = durable("/f", "");
  files_.stop_after(2);
  EXPECT_TRUE(file->write(0, "a"));
  EXPECT_TRUE(file->size());
  EXPECT_TRUE(file->write(1, "b"));
  EXPECT_TRUE(files_.running());
  EXPECT_FALSE(file->sync());
  EXPECT_FALSE(files_.running());
  files_.restart();
  EXPECT_EQ(content("/f"), "ab");
}

TEST_F(SimFileSystemTest, AFileWithoutANameLivesUntilItIsClosed) {
  auto file = durable("/f", std::string(5000, 'x'));
  EXPECT_EQ(files_.used(), 8192U);
  ASSERT_TRUE(files_.remove("/f"));
  EXPECT_EQ(*sqlite::read_some(*file, 0, 3), "xxx");
  ASSERT_TRUE(files_.sync_directory("/"));
  EXPECT_EQ(files_.used(), 8192U);
  file.reset();
  EXPECT_EQ(files_.used(), 0U);
}

TEST_F(SimFileSystemTest, ALockEndsWithItsHolderOrItsProcess) {
  auto first = open("/lock");
  auto second = open("/lock");
  EXPECT_EQ(first->try_lock(), true);
  EXPECT_EQ(second->try_lock(), false);
  first.reset();
  EXPECT_EQ(second->try_lock(), true);
  files_.restart();
  EXPECT_EQ(open("/lock")->try_lock(), true);
}

TEST_F(SimFileSystemTest, OpensAsAsked) {
  EXPECT_EQ(files_.open("/f", OpenMode::Read).error(), ENOENT);
  EXPECT_EQ(files_.open("/f", OpenMode::ReadWrite).error(), ENOENT);
  EXPECT_EQ(files_.open("/no/f", OpenMode::Create).error(), ENOENT);
  durable("/f", "x");
  EXPECT_EQ(files_.open("/f", OpenMode::CreateNew).error(), EEXIST);
  EXPECT_EQ(files_.open("/", OpenMode::Read).error(), EISDIR);
  open("/f", OpenMode::Create);
  EXPECT_EQ(content("/f"), "x");
  open("/f", OpenMode::Empty);
  EXPECT_EQ(content("/f"), "");
  cut_power(Dropped);
  EXPECT_EQ(content("/f"), "x");
}

// --- faults

TEST_F(SimFileSystemTest, AFailedSyncLosesWhatItShouldHaveWrittenAndTheNextOneLies) {
  auto file = durable("/f", "one");
  ASSERT_TRUE(file->write(3, "two"));
  files_.arm({.kind = IoFault::Kind::SyncError, .file = "/f"});
  EXPECT_EQ(file->sync().error(), EIO);
  EXPECT_EQ(files_.struck(), 1U);
  EXPECT_EQ(content("/f"), "onetwo");
  EXPECT_TRUE(file->sync());
  files_.restart();
  EXPECT_EQ(content("/f"), "onetwo");
  cut_power(Kept);
  EXPECT_EQ(content("/f"), "one");
}

TEST_F(SimFileSystemTest, ErrorsStrikeByFileRangeAndNumber) {
  auto file = durable("/f", "0123456789");
  auto other = durable("/g", "0123456789");
  files_.arm({.kind = IoFault::Kind::ReadError, .file = "/f", .first = 4, .last = 5, .times = 2});
  EXPECT_TRUE(sqlite::read_some(*other, 4, 1));
  EXPECT_TRUE(sqlite::read_some(*file, 0, 4));
  EXPECT_TRUE(sqlite::read_some(*file, 6, 4));
  EXPECT_EQ(sqlite::read_some(*file, 5, 4).error(), EIO);
  EXPECT_EQ(sqlite::read_some(*file, 0, 5).error(), EIO);
  EXPECT_TRUE(sqlite::read_some(*file, 4, 1)) << "twice only";
  files_.arm({.kind = IoFault::Kind::WriteError, .after = 1, .error = EROFS});
  EXPECT_TRUE(other->write(0, "x"));
  EXPECT_EQ(file->write(0, "x").error(), EROFS);
  EXPECT_EQ(content("/f"), "0123456789");
  files_.disarm();
  EXPECT_TRUE(file->write(0, "x"));
}

TEST_F(SimFileSystemTest, AMisdirectedWriteShowsWhenTheCacheIsGone) {
  auto file = durable("/f", "..........");
  files_.arm({.kind = IoFault::Kind::MisdirectedWrite, .file = "/f", .elsewhere = 6});
  ASSERT_TRUE(file->write(1, "xx") && file->sync());
  EXPECT_EQ(content("/f"), ".xx.......");
  cut_power(Kept);
  EXPECT_EQ(content("/f"), "......xx..");
}

TEST_F(SimFileSystemTest, ReadsCanBeMisdirectedOrStale) {
  auto file = durable("/f", "0123456789");
  files_.arm({.kind = IoFault::Kind::MisdirectedRead, .file = "/f", .elsewhere = 7});
  EXPECT_EQ(*sqlite::read_some(*file, 0, 2), "78");
  EXPECT_EQ(*sqlite::read_some(*file, 0, 2), "01");
  files_.arm({.kind = IoFault::Kind::StaleRead, .file = "/f", .first = 0, .last = 3});
  ASSERT_TRUE(file->write(0, "abcdefghij"));
  EXPECT_EQ(*sqlite::read_some(*file, 4, 2), "ef");
  EXPECT_EQ(*sqlite::read_some(*file, 2, 2), "23");
  EXPECT_EQ(*sqlite::read_some(*file, 2, 2), "cd");
}

TEST_F(SimFileSystemTest, AFullDiskTakesWhatFits) {
  files_.set_capacity(8192);
  auto file = open("/f");
  EXPECT_TRUE(file->write(0, std::string(5000, 'x')));
  EXPECT_EQ(file->write(5000, std::string(5000, 'y')).error(), ENOSPC);
  EXPECT_EQ(content("/f").size(), 8192U);
  EXPECT_TRUE(file->write(0, "overwritten"));
  EXPECT_EQ(open("/g")->write(0, "z").error(), ENOSPC);
  ASSERT_TRUE(file->truncate(4000));
  EXPECT_TRUE(open("/g")->write(0, "z"));
}

TEST_F(SimFileSystemTest, RotIsSeenUnlessItWasWrittenOver) {
  auto file = durable("/f", "aaaa");
  ASSERT_TRUE(file->write(1, "bb"));
  files_.flip_bit("/f", 0, 1);
  files_.flip_bit("/f", 1, 1);
  EXPECT_EQ(content("/f"), "cbba");
  cut_power(Dropped);
  EXPECT_EQ(content("/f"), "ccaa");
}

TEST_F(SimFileSystemTest, FilesAreCutAndLost) {
  auto file = durable("/f", "0123456789");
  files_.cut_file("/f", 4);
  EXPECT_EQ(content("/f"), "0123");
  open("/g");
  files_.lose_file("/f");
  files_.lose_file("/g");
  cut_power(Kept);
  EXPECT_TRUE(files_.list("/")->empty());
}

TEST_F(SimFileSystemTest, AnImageIsPutBackWhole) {
  ASSERT_TRUE(files_.make_directory("/d"));
  durable("/d/f", "one");
  open("/d/g", OpenMode::Create);
  const auto image = files_.image();
  const auto used = files_.used();
  durable("/d/f", "changed, and longer than before" + std::string(5000, '.'));
  durable("/h", "new");
  files_.put_back(image);
  EXPECT_EQ(content("/d/f"), "one");
  EXPECT_EQ(content("/h"), "(none)");
  EXPECT_EQ(files_.used(), used);
  cut_power(Dropped);
  EXPECT_EQ(files_.image(), image) << "what is put back is durable";
}

}  // namespace
}  // namespace confman::sim
