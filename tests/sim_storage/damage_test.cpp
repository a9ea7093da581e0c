// A disk that lies: bytes rot, writes and reads go astray, files are cut off or lost. A log is
// refused then, or what was reported is there, or is known to be missing.

#include <gtest/gtest.h>
#include <map>

#include "tests/sim_storage/log_on_disk.hpp"
#include "tests/sqlite/log_script.hpp"

namespace confman::sim {
namespace {

using consensus::RestoredLog;
using sqlite::LogScript;

constexpr std::uint64_t kSeeds = 1500;
constexpr std::size_t kCompactAbove = 30;

class Damaged {
 public:
  explicit Damaged(std::uint64_t seed) : seed_(seed), prng_(seed, "damage"), disk_({}, small()) {}

  // The code of the refusal; "" if the log was opened, "hole" if a part of it is missing, "fatal"
  // if the process ended itself.
  std::string run() {
    {
      const auto opened = disk_.open();
      EXPECT_TRUE(opened);
    }
    LogScript script({}, seed_, kCompactAbove);
    const std::uint64_t before = prng_.below(20);
    for (std::uint64_t i = 0; i <= before; ++i) write(script);
    const bool while_running = prng_.chance(1, 2);
    if (while_running)
      go_astray(prng_.below(2) == 0 ? IoFault::Kind::MisdirectedWrite : IoFault::Kind::StaleRead);
    // More writes than one behind what a stale read gives: one is what a crash may leave.
    const std::uint64_t after = 2 + prng_.below(10);
    try {
      for (std::uint64_t i = 0; i < after; ++i) write(script);
    } catch (const ProcessExit&) {
      return "fatal";
    }
    stop();
    if (!while_running) damage();
    return judge(script, while_running);
  }

 private:
  static sqlite::LogStore::Options small() {
    sqlite::LogStore::Options options;
    options.checkpoint_pages = 30;
    return options;
  }
  void write(LogScript& script) {
    disk_.store().persist(script.next());
    disk_.work();
  }
  void stop() {
    SeededCrash choices(prng_.next());
    switch (prng_.below(3)) {
      case 0:
        return disk_.close();
      case 1:
        return disk_.kill();
      default:
        return disk_.cut_power(choices);
    }
  }
  SimFileSystem::FileInfo some_file() {
    std::vector<SimFileSystem::FileInfo> files;
    for (auto& file : disk_.disk.files()) {
      if (file.durable_size > 0 && file.path != "/data/lock") files.push_back(file);
    }
    return files[prng_.below(files.size())];
  }
  void go_astray(IoFault::Kind kind) {
    const auto file = some_file();
    const std::uint64_t pages = file.size / 4096 + 1;
    disk_.disk.arm({.kind = kind,
                    .file = file.path,
                    .after = kind == IoFault::Kind::StaleRead ? 0 : prng_.below(20),
                    .times = kind == IoFault::Kind::StaleRead ? 1'000'000U : 1U,
                    .elsewhere = prng_.below(pages) * 4096});
  }
  void damage() {
    const auto file = some_file();
    switch (prng_.below(8)) {
      case 0:
        return disk_.disk.lose_file(file.path);
      case 1:
        return disk_.disk.cut_file(file.path, prng_.below(file.durable_size));
      case 2:
        return go_astray(IoFault::Kind::MisdirectedRead);
      default:
        return disk_.disk.flip_bit(file.path, prng_.below(file.durable_size),
                                   static_cast<int>(prng_.below(8)));
    }
  }
  std::string judge(const LogScript& script, bool while_running) {
    const std::string what = open_and_compare(script.log);
    // A start that finds damage leaves a log that has it still, and is in order otherwise.
    // (Of a disk that goes on lying nothing is expected.)
    if (what == "hole" && !while_running) {
      disk_.disk.disarm();
      stop();
      EXPECT_EQ(open_and_compare(script.log), "hole") << "seed " << seed_;
    }
    return what;
  }
  std::string open_and_compare(const RestoredLog& truth) {
    std::expected<RestoredLog, sqlite::StartupError> opened;
    try {
      opened = disk_.open();
    } catch (const ProcessExit&) {
      return "fatal";
    }
    if (!opened) return opened.error().code;
    if (!opened->damaged) {
      EXPECT_TRUE(sqlite::same_log(*opened, truth)) << "seed " << seed_;
      return "";
    }
    expect_part_of(truth, *opened);
    return "hole";
  }
  // What is there is the same, or of an earlier time: then it doesn't lead up to what is behind the
  // hole, and a node that fetches that will notice (repair.cpp).
  void expect_part_of(const RestoredLog& truth, const RestoredLog& found) const {
    SCOPED_TRACE("seed " + std::to_string(seed_));
    EXPECT_EQ(found.hard_state, truth.hard_state);
    EXPECT_EQ(found.founders, truth.founders);
    EXPECT_EQ(found.base, truth.base);
    ASSERT_EQ(found.entries.size() + found.damaged->slots.size(), truth.entries.size());
    for (std::size_t i = 0; i < truth.entries.size(); ++i) {
      const bool before = i < found.entries.size();
      const auto& entry = before ? std::optional(found.entries[i])
                                 : found.damaged->slots[i - found.entries.size()].entry;
      EXPECT_TRUE(!entry || *entry == truth.entries[i] || entry->term < truth.entries[i].term);
    }
  }

  const std::uint64_t seed_;
  Prng prng_;
  LogOnDisk disk_;
};

TEST(Damage, OfALogIsKnownOrHarmless) {
  std::map<std::string, int> codes;
  for (std::uint64_t seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    ++codes[Damaged(seed).run()];
  }
  EXPECT_GT(codes[""], 100) << "not everything is needed";
  for (const char* code : {"hole", "log_head_damaged", "log_head_stale", "log_head_missing",
                           "log_founders_damaged", "store_malformed", "store_identity_corrupt"}) {
    EXPECT_GT(codes[code], 0) << code;
  }
}

}  // namespace
}  // namespace confman::sim
