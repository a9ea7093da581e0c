#include "tests/chaos/faults/process_faults.hpp"

#include <deque>

#include "app/confmand/exit_codes.hpp"
#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

using testing::Recorder;

constexpr std::int64_t kSyncWithoutEndMs = 2'000;
constexpr Moment kMillisecond = 1'000'000;
constexpr Moment kSecond = 1'000'000'000;
// Draining takes up to ten seconds, and the machine may be busy.
constexpr Moment kLongestStop = 20 * kSecond;

// Of several nodes at once.
class OfNodes : public Fault {
 public:
  OfNodes(Ground where, Whom whom) : Fault(std::move(where)), whom_(whom) {}

 protected:
  bool choose() {
    switch (whom_) {
      case Whom::Any:
        return take(ground().any_node());
      case Whom::Leader:
        return take(ground().leader());
      case Whom::All:
        return take_all();
      case Whom::Some:
        break;
    }
    const std::size_t count = 1 + prng().below(stage().size());
    for (const std::size_t node : ground().shuffled()) {
      if (nodes().size() < count) take(node);
    }
    return !nodes().empty();
  }
  std::string names() {
    std::string text;
    for (const std::size_t node : nodes()) text += (text.empty() ? "" : ", ") + ground().name(node);
    return text;
  }
  void start_all() {
    for (const std::size_t node : nodes()) {
      if (!stage().running(node)) stage().start(node);
    }
  }

 private:
  const Whom whom_;
};

class Kill final : public OfNodes {
 public:
  using OfNodes::OfNodes;

  std::optional<std::string> strike() override {
    if (!choose()) return std::nullopt;
    const std::string who = names();
    if (nodes().size() == stage().size()) {
      stage().kill_all();
    } else {
      for (const std::size_t node : nodes()) stage().kill(node);
    }
    return who;
  }
  void heal() override { start_all(); }
};

// Mostly, the disks are slow for a moment before: much is under way then, and whoever acknowledges
// what isn't synced loses it.
class PowerCut final : public OfNodes {
 public:
  using OfNodes::OfNodes;

  std::optional<std::string> strike() override {
    if (!choose()) return std::nullopt;
    const std::string who = names();
    if (prng().chance(1, 4)) {
      cut();
      return who;
    }
    // The longer ones don't end before the cut.
    const auto sync_ms = static_cast<std::uint32_t>(prng().chance(1, 2) ? prng().between(10, 60)
                                                                        : kSyncWithoutEndMs);
    for (const std::size_t node : nodes()) stage().disk(node).sync_delay_us = sync_ms * 1000;
    cut_at_ = Recorder::now() + static_cast<Moment>(prng().between(200, 600)) * kMillisecond;
    return who + ", syncs taking " + std::to_string(sync_ms) + " ms";
  }
  void go_on() override {
    if (cut_at_ != 0 && cut_at_ < Recorder::now()) cut();
  }
  void heal() override {
    if (cut_at_ != 0) cut();
    if (silenced_) stage().network()->lift(*silenced_);
    start_all();
  }

 private:
  void cut() {
    cut_at_ = 0;
    silence();
    if (nodes().size() == stage().size()) {
      stage().kill_all();
    } else {
      for (const std::size_t node : nodes()) stage().kill(node);
    }
    const Kept kept = prng().chance(1, 2) ? Kept::Nothing : Kept::Some;
    std::string lost = kept == Kept::Nothing ? "lost what wasn't synced:" : "lost some of that:";
    for (const std::size_t node : nodes()) {
      stage().reset_disk(node);
      lost += " " + cut_power(stage().disk_folders(node), kept, prng()).text() + ",";
    }
    lost.pop_back();
    came_of_it(lost);
  }

  // Peers must not learn from a closed connection what a dead machine wouldn't tell them.
  void silence() {
    if (stage().network() == nullptr) return;
    Paths paths;
    for (const std::size_t node : nodes()) {
      for (std::size_t other = 0; other <= stage().client_host(); ++other) {
        if (other == node) continue;
        paths.emplace_back(node, other);
        paths.emplace_back(other, node);
      }
    }
    silenced_ = stage().network()->impose(paths, {.cut = true});
  }

  Moment cut_at_ = 0;  // 0: it has been
  std::optional<std::uint64_t> silenced_;
};

class Pause final : public OfNodes {
 public:
  using OfNodes::OfNodes;

  std::optional<std::string> strike() override {
    if (!choose()) return std::nullopt;
    const std::string who = names();
    for (const std::size_t node : nodes()) stage().pause(node);
    return who;
  }
  void heal() override {
    for (const std::size_t node : nodes()) stage().resume(node);
  }
};

// One node after the other is told to stop, must end with 0, and is started again.
class Stop final : public OfNodes {
 public:
  Stop(Ground where, Whom whom) : OfNodes(std::move(where), whom), one_by_one_(whom == Whom::All) {}

  std::optional<std::string> strike() override {
    if (!choose()) return std::nullopt;
    const std::string who = names();
    const auto order = one_by_one_ ? ground().shuffled() : nodes();
    left_.assign(order.begin(), order.end());
    stop_next();
    return who;
  }
  void go_on() override {
    if (!one_by_one_ || left_.empty()) return;
    const std::size_t node = left_.front();
    if (!stopped(node)) return;
    if (!stage().running(node)) {
      stage().start(node);
      started_at_ = Recorder::now();
    }
    const auto status = ground().observer.status(node);
    const bool may_be_old = started_at_ + Observer::kOld > Recorder::now();
    if (may_be_old || !status || status->leader.empty()) return;  // not back yet
    stage().forbid_exits(node);
    left_.pop_front();
    stop_next();
  }
  void heal() override {
    // Those that haven't had their turn are left alone.
    if (!left_.empty()) left_ = {left_.front()};
  }
  bool over() override {
    if (left_.empty()) return true;
    const std::size_t node = left_.front();
    if (!stopped(node)) return false;
    if (!stage().running(node)) stage().start(node);
    stage().forbid_exits(node);
    left_.pop_front();
    return true;
  }

 private:
  void stop_next() {
    exited_ = false;
    told_at_ = Recorder::now();
    if (left_.empty()) return;
    stage().allow_exit(left_.front(), host::kOk, "it was told to stop");
    stage().tell_to_stop(left_.front());
  }
  bool stopped(std::size_t node) {
    exited_ = exited_ || !stage().running(node);
    if (exited_) return true;
    if (told_at_ + kLongestStop < Recorder::now()) {
      stage().timeline().add_violation("slow_stop",
                                       Stage::name_of(node) + " was told to stop and didn't.");
      stage().kill(node);
    }
    return false;
  }

  const bool one_by_one_;
  std::deque<std::size_t> left_;
  bool exited_ = false;
  Moment told_at_ = 0;
  Moment started_at_ = 0;
};

}  // namespace

std::unique_ptr<Fault> make_kill(Ground ground, Whom whom) {
  return std::make_unique<Kill>(std::move(ground), whom);
}

std::unique_ptr<Fault> make_power_cut(Ground ground, Whom whom) {
  return std::make_unique<PowerCut>(std::move(ground), whom);
}

std::unique_ptr<Fault> make_pause(Ground ground, Whom whom) {
  return std::make_unique<Pause>(std::move(ground), whom);
}

std::unique_ptr<Fault> make_stop(Ground ground, Whom whom) {
  return std::make_unique<Stop>(std::move(ground), whom);
}

std::unique_ptr<Fault> make_rolling_restart(Ground ground) {
  return std::make_unique<Stop>(std::move(ground), Whom::All);
}

}  // namespace confman::chaos
