// What the disk below a node keeps when the power goes, and when it fails.

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <new>
#include <sstream>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/chaos/disk/control.hpp"
#include "tests/chaos/disk/power_cut.hpp"
#include "tests/chaos/net/namespaces.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::chaos {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;

constexpr int kKilled = 128 + 9;
constexpr int kFailed = 74;
constexpr auto kDeadline = std::chrono::seconds(10);

class FaultyDisk : public ::testing::Test {
 protected:
  FaultyDisk() : folder_(test::binary_dir() / ("faulty-disk-" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(disk().data);
    fs::create_directories(disk().undo);
    const Descriptor fd(::open((folder_ / "control").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::ftruncate(fd.get(), sizeof(DiskControl)), 0);
    control_ =
        new (::mmap(nullptr, sizeof(DiskControl), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0))
            DiskControl;
  }
  ~FaultyDisk() override {
    ::munmap(control_, sizeof(DiskControl));
    fs::remove_all(folder_);
  }

  DiskFolders disk() const { return {folder_ / "data", folder_ / "undo"}; }

  int run(const std::string& steps) {
    std::vector<std::string> arguments{CONFMAN_DISK_PROBE, disk().data};
    std::istringstream words(steps);
    for (std::string word; words >> word;) arguments.push_back(word);
    testing::ChildProcess probe(
        arguments, folder_ / "log",
        {.environment = {std::string("LD_PRELOAD=") + CONFMAN_FAULTY_DISK,
                         kDataVariable + ("=" + disk().data.string()),
                         kUndoVariable + ("=" + disk().undo.string()),
                         kControlVariable + ("=" + (folder_ / "control").string())}});
    const auto status = probe.wait(kDeadline);
    EXPECT_TRUE(status) << "the probe runs on";
    return status.value_or(-1);
  }

  Files files() const {
    Files result;
    for (const auto& item : fs::directory_iterator(disk().data)) {
      std::ostringstream text;
      text << std::ifstream(item.path()).rdbuf();
      result[item.path().filename()] = text.str();
    }
    return result;
  }
  Files after_power_cut() {
    sim::Prng prng(1);
    cut_power(disk(), Kept::Nothing, prng);
    return files();
  }

  fs::path folder_;
  DiskControl* control_ = nullptr;
};

TEST_F(FaultyDisk, AKilledProcessLosesNothing) {
  ASSERT_EQ(run("write a 0 one write b 0 two rename b c"), kKilled);
  EXPECT_EQ(files(), (Files{{"a", "one"}, {"c", "two"}}));
}

TEST_F(FaultyDisk, WhatIsSyncedStays) {
  ASSERT_EQ(run("write a 0 one sync a sync-folder"), kKilled);
  EXPECT_EQ(after_power_cut(), (Files{{"a", "one"}}));
}

TEST_F(FaultyDisk, WhatIsWrittenAfterTheSyncIsLost) {
  ASSERT_EQ(run("write a 0 one sync a sync-folder write a 1 NE write a 3 more truncate a 5"),
            kKilled);
  EXPECT_EQ(files(), (Files{{"a", "oNEmo"}}));
  EXPECT_EQ(after_power_cut(), (Files{{"a", "one"}}));
}

TEST_F(FaultyDisk, WhatAnEarlierProcessDidNotSyncIsLostToo) {
  ASSERT_EQ(run("write a 0 one sync a sync-folder"), kKilled);
  ASSERT_EQ(run("write a 0 two"), kKilled);
  tidy(disk());
  ASSERT_EQ(run("write b 0 three sync b sync-folder"), kKilled);
  EXPECT_EQ(files(), (Files{{"a", "two"}, {"b", "three"}}));
  EXPECT_EQ(after_power_cut(), (Files{{"a", "one"}, {"b", "three"}}));
}

TEST_F(FaultyDisk, ANameIsDurableWithItsFolder) {
  ASSERT_EQ(run("write a 0 one sync a"), kKilled);
  EXPECT_EQ(after_power_cut(), Files());
}

TEST_F(FaultyDisk, RenamingOverAFileIsUndone) {
  ASSERT_EQ(run("write a 0 old sync a sync-folder write b 0 new sync b rename b a"), kKilled);
  EXPECT_EQ(files(), (Files{{"a", "new"}}));
  EXPECT_EQ(after_power_cut(), (Files{{"a", "old"}}));
}

TEST_F(FaultyDisk, RenamingOverAFileStaysOnceTheFolderIsSynced) {
  ASSERT_EQ(run("write a 0 old sync a sync-folder write b 0 new sync b rename b a sync-folder"),
            kKilled);
  EXPECT_EQ(after_power_cut(), (Files{{"a", "new"}}));
}

TEST_F(FaultyDisk, ARemovedFileComesBackAsItWasSynced) {
  ASSERT_EQ(run("write a 0 one sync a sync-folder write a 0 two remove a"), kKilled);
  EXPECT_EQ(files(), Files());
  EXPECT_EQ(after_power_cut(), (Files{{"a", "one"}}));
}

TEST_F(FaultyDisk, NothingComesBackOfADiskThatWasReplaced) {
  ASSERT_EQ(run("write a 0 one sync a sync-folder write a 0 two write b 0 three"), kKilled);
  wipe(disk());
  EXPECT_FALSE(fs::exists(disk().data));
  fs::create_directories(disk().data);
  ASSERT_EQ(run("write b 0 new sync b sync-folder"), kKilled);
  EXPECT_EQ(after_power_cut(), (Files{{"b", "new"}}));
}

TEST_F(FaultyDisk, AFailedSyncLosesWhatTheNextOneSeemsToSave) {
  control_->sync_to_fail = 2;
  ASSERT_EQ(run("write log.a 0 one sync log.a sync-folder write log.a 0 two try sync log.a "
                "write log.a 3 more sync log.a"),
            kKilled);
  EXPECT_EQ(control_->failures, 1u);
  EXPECT_EQ(files(), (Files{{"log.a", "twomore"}}));
  EXPECT_EQ(after_power_cut().at("log.a").substr(0, 3), "one");
}

TEST_F(FaultyDisk, TheChosenSyncAndWriteFail) {
  control_->sync_to_fail = 2;
  EXPECT_EQ(run("write log.a 0 one sync log.a sync log.a"), kFailed);
  control_->write_to_fail = 2;
  EXPECT_EQ(run("write log.a 0 one write log.a 0 two"), kFailed);
  EXPECT_EQ(control_->failures, 2u);
}

TEST_F(FaultyDisk, TheChosenSyncIsTheLastThingAProcessDoes) {
  control_->sync_to_die_before = 1;
  ASSERT_EQ(run("write log.a 0 one sync-folder sync log.a write log.b 0 two"), kKilled);
  EXPECT_EQ(after_power_cut(), (Files{{"log.a", ""}}));
  control_->sync_to_die_after = 1;
  ASSERT_EQ(run("write log.a 0 one sync-folder sync log.a write log.b 0 two"), kKilled);
  EXPECT_EQ(after_power_cut(), (Files{{"log.a", "one"}}));
}

// Whatever is kept of what wasn't synced, what was synced is there.
TEST_F(FaultyDisk, APartMayBeKept) {
  const std::string page(4096, 'x');
  bool kept = false;
  bool lost = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    fs::remove_all(disk().data);
    fs::create_directories(disk().data);
    ASSERT_EQ(run("write a 0 " + page + " sync a sync-folder write a 4096 " + page), kKilled);
    sim::Prng prng(seed);
    cut_power(disk(), Kept::Some, prng);
    const std::string left = files().at("a");
    ASSERT_EQ(left.substr(0, 4096), page);
    (left == page + page ? kept : lost) = true;
  }
  EXPECT_TRUE(kept);
  EXPECT_TRUE(lost);
}

}  // namespace
}  // namespace confman::chaos
