#include "tests/chaos/faults/disk_faults.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <sys/statvfs.h>

#include "app/confmand/exit_codes.hpp"
#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

using testing::Recorder;

constexpr Moment kMillisecond = 1'000'000;
constexpr Moment kSecond = 1'000'000'000;
// From the failure to the end of the process.
constexpr Moment kLongestEnd = 10 * kSecond;

std::size_t victim(Ground& ground) {
  return ground.prng.chance(1, 2) ? ground.leader() : ground.any_node();
}

class SlowDisk final : public Fault {
 public:
  SlowDisk(Ground where, std::uint32_t sync_ms) : Fault(std::move(where)), sync_ms_(sync_ms) {}

  std::optional<std::string> strike() override {
    const std::size_t node = victim(ground());
    if (!take(node)) return std::nullopt;
    node_ = node;
    stage().disk(node).sync_delay_us = sync_ms_ * 1000;
    return ground().name(node) + ": " + std::to_string(sync_ms_) + " ms a sync";
  }
  void heal() override { stage().reset_disk(node_); }

 private:
  const std::uint32_t sync_ms_;
  std::size_t node_ = 0;
};

class FailingDisk final : public Fault {
 public:
  FailingDisk(Ground where, bool sync) : Fault(std::move(where)), sync_(sync) {}

  std::optional<std::string> strike() override {
    node_ = victim(ground());
    if (!take(node_)) return std::nullopt;
    DiskControl& disk = stage().disk(node_);
    const auto when = static_cast<std::uint32_t>(prng().between(1, 40));
    failures_ = disk.failures;
    const std::string because = sync_ ? "a sync failed" : "a write failed";
    stage().allow_exit(node_, host::kIo, because);
    (sync_ ? disk.sync_to_fail : disk.write_to_fail) = when;
    return ground().name(node_) + ": the " + std::to_string(when) + ". from now";
  }
  void go_on() override {
    if (failed_at_ == 0 && stage().disk(node_).failures != failures_) failed_at_ = Recorder::now();
    const bool survives = failed_at_ != 0 && stage().running(node_);
    if (survives && failed_at_ + kLongestEnd < Recorder::now() && !told_) {
      told_ = true;
      stage().timeline().add_violation(
          "survived_io_error", Stage::name_of(node_) + " goes on after a " +
                                   (sync_ ? "sync" : "write") + " of its files had failed.");
    }
  }
  void heal() override { stage().reset_disk(node_); }
  bool over() override {
    go_on();
    const bool waits = failed_at_ != 0 && stage().running(node_) && !told_;
    if (waits) return false;
    if (!stage().running(node_)) {
      // The kernel has dropped the pages that it couldn't write, or has them still.
      came_of_it("ended");
      if (prng().chance(1, 2)) {
        came_of_it("lost " + cut_power(stage().disk_folders(node_), Kept::Nothing, prng()).text());
      }
      stage().start(node_);
    }
    stage().forbid_exits(node_);
    return true;
  }

 private:
  const bool sync_;
  std::size_t node_ = 0;
  std::uint32_t failures_ = 0;  // before
  Moment failed_at_ = 0;
  bool told_ = false;
};

// A node is killed in the middle of its work with files, alone or with its machine.
class CrashAtDisk final : public Fault {
 public:
  using Fault::Fault;

  std::optional<std::string> strike() override {
    node_ = victim(ground());
    if (!take(node_)) return std::nullopt;
    DiskControl& disk = stage().disk(node_);
    const auto when = static_cast<std::uint32_t>(prng().between(1, 60));
    stage().allow_exit(node_, 128 + SIGKILL, "it was killed while it wrote");
    std::string what = ground().name(node_) + ": ";
    switch (prng().below(3)) {
      case 0:
        disk.write_to_die_at = when;
        what += "before write ";
        break;
      case 1:
        disk.sync_to_die_before = when;
        what += "before sync ";
        break;
      default:
        disk.sync_to_die_after = when;
        what += "after sync ";
    }
    return what + std::to_string(when) + " from now";
  }
  void heal() override { stage().reset_disk(node_); }
  bool over() override {
    if (!stage().running(node_)) {
      came_of_it("died");
      const auto kept = prng().chance(1, 2) ? Kept::Nothing : Kept::Some;
      if (prng().chance(2, 3)) {
        came_of_it("lost " + cut_power(stage().disk_folders(node_), kept, prng()).text());
      }
      stage().start(node_);
    }
    stage().forbid_exits(node_);
    return true;
  }

 private:
  std::size_t node_ = 0;
};

// What a killed process had written and not synced is in the kernel's cache when it is started
// again, and looks like everything else. Then the machine loses power.
class CrashTwice final : public Fault {
 public:
  using Fault::Fault;

  std::optional<std::string> strike() override {
    node_ = victim(ground());
    if (!take(node_)) return std::nullopt;
    const auto when = static_cast<std::uint32_t>(prng().between(1, 12));
    stage().allow_exit(node_, 128 + SIGKILL, "it was killed while it wrote");
    stage().disk(node_).sync_to_die_before = when;
    return ground().name(node_) + ": before sync " + std::to_string(when) + " from now";
  }
  void go_on() override {
    if (cut_at_ == 0 && !stage().running(node_)) {
      // Perhaps the first things that it makes durable are those that stand on what isn't.
      const bool at_once = prng().chance(1, 2);
      const auto syncs = static_cast<std::uint32_t>(prng().between(1, 4));
      stage().disk(node_).sync_to_die_after = at_once ? syncs : 0;
      stage().start(node_);
      cut_at_ = Recorder::now() + static_cast<Moment>(prng().between(50, 1500)) * kMillisecond;
      came_of_it("died, was started again" +
                 (at_once ? ", died after sync " + std::to_string(syncs) : std::string()));
    }
    if (cut_at_ == 0 || cut_) return;
    if (cut_at_ < Recorder::now() || !stage().running(node_)) cut();
  }
  void heal() override {
    if (cut_at_ != 0 && !cut_) cut();
    stage().reset_disk(node_);
  }
  bool over() override {
    if (!stage().running(node_)) stage().start(node_);
    stage().forbid_exits(node_);
    return true;
  }

 private:
  void cut() {
    cut_ = true;
    stage().kill(node_);
    came_of_it("lost " + cut_power(stage().disk_folders(node_), Kept::Nothing, prng()).text());
  }

  std::size_t node_ = 0;
  Moment cut_at_ = 0;
  bool cut_ = false;
};

class FullDisk final : public Fault {
 public:
  using Fault::Fault;

  std::optional<std::string> strike() override {
    node_ = victim(ground());
    if (!take(node_)) return std::nullopt;
    stage().allow_exit(node_, host::kIo, "its disk was full");
    fill();
    return ground().name(node_);
  }
  void go_on() override {
    fill();
    if (stage().running(node_) || restarted_ || !prng().chance(1, 100)) return;
    restarted_ = true;
    stage().allow_exit(node_, host::kIo, "it was started on a full disk");
    stage().start(node_);
  }
  void heal() override { std::filesystem::remove(filler()); }
  bool over() override {
    came_of_it(stage().exit_of(node_) ? "ended" : "went on");
    if (!stage().running(node_)) stage().start(node_);
    stage().forbid_exits(node_);
    return true;
  }

 private:
  std::filesystem::path filler() { return stage().disk_root(node_) / "filler"; }

  // What is free, to the last page.
  void fill() {
    struct statvfs space{};
    if (::statvfs(stage().disk_root(node_).c_str(), &space) != 0 || space.f_bavail == 0) return;
    const Descriptor fd(::open(filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const auto more = static_cast<off_t>(space.f_bavail * space.f_bsize);
    // A node may be faster; then the next turn takes what it left.
    if (::posix_fallocate(fd.get(), size_, more) == 0) size_ += more;
  }

  std::size_t node_ = 0;
  off_t size_ = 0;
  bool restarted_ = false;
};

}  // namespace

std::unique_ptr<Fault> make_slow_disk(Ground ground) {
  const auto ms = ground.prng.one_of<std::uint32_t>({5, 20, 100, 300, 1000});
  return std::make_unique<SlowDisk>(std::move(ground), ms);
}

std::unique_ptr<Fault> make_stalled_disk(Ground ground) {
  const auto ms = ground.prng.one_of<std::uint32_t>({3'000, 8'000, 15'000});
  return std::make_unique<SlowDisk>(std::move(ground), ms);
}

std::unique_ptr<Fault> make_failing_sync(Ground ground) {
  return std::make_unique<FailingDisk>(std::move(ground), true);
}

std::unique_ptr<Fault> make_failing_write(Ground ground) {
  return std::make_unique<FailingDisk>(std::move(ground), false);
}

std::unique_ptr<Fault> make_crash_at_disk(Ground ground) {
  return std::make_unique<CrashAtDisk>(std::move(ground));
}

std::unique_ptr<Fault> make_crash_twice(Ground ground) {
  return std::make_unique<CrashTwice>(std::move(ground));
}

std::unique_ptr<Fault> make_full_disk(Ground ground) {
  return std::make_unique<FullDisk>(std::move(ground));
}

}  // namespace confman::chaos
