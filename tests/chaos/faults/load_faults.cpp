#include "tests/chaos/faults/load_faults.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <thread>

#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

using namespace std::chrono_literals;
using testing::Recorder;

// --- a snapshot is needed

// Together more than the 32 MiB of log after which it is compacted.
constexpr std::size_t kValueBytes = 1000 * 1000;
constexpr unsigned kValues = 44;
constexpr std::uint64_t kRoom = 300ULL << 20;
constexpr auto kWriteTimeout = 5s;

// Writes them through any node, on a thread of its own.
class BulkWriter {
 public:
  BulkWriter(const testing::Endpoints& nodes, std::uint64_t seed)
      : nodes_(nodes), thread_([this, seed] { run(seed); }) {}
  ~BulkWriter() {
    stopping_.store(true);
    thread_.join();
  }
  bool done() const { return done_.load(); }

 private:
  void run(std::uint64_t seed) {
    std::size_t at = 0;
    for (unsigned i = 0; i < kValues && !stopping_; ++i) {
      const std::string value(kValueBytes, static_cast<char>('a' + (seed + i) % 26));
      const auto answer = testing::ask(
          nodes_[at],
          {.method = "PUT",
           .target = "/api/v1/config/chaos-bulk/v" + std::to_string(i % 8) + "?timeout=3s",
           .body = "\"" + value + "\""},
          kWriteTimeout);
      if (!answer || answer->status >= 300) at = (at + 1) % nodes_.size();
    }
    done_.store(true);
  }

  const testing::Endpoints nodes_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

class WithBulk : public Fault {
 public:
  using Fault::Fault;

 protected:
  // False also where it would fill the disks: all versions are kept, in log, state and snapshots.
  bool take_follower() {
    for (std::size_t i = 0; i < stage().size(); ++i) {
      if (std::filesystem::space(stage().disk_root(i)).available < kRoom) return false;
    }
    auto nodes = ground().shuffled();
    if (const auto leader = ground().observer.leader()) std::erase(nodes, *leader);
    node_ = nodes.front();
    return take(node_);
  }
  std::size_t node() const { return node_; }
  void start_writing() { writer_.emplace(stage().endpoints(), prng().next()); }
  bool written() const { return writer_->done(); }
  static std::string amount() { return std::to_string(kValues) + " MB are written"; }

 private:
  std::size_t node_ = 0;
  std::optional<BulkWriter> writer_;
};

class AwayForLong final : public WithBulk {
 public:
  using WithBulk::WithBulk;

  std::optional<std::string> strike() override {
    if (!take_follower()) return std::nullopt;
    stage().kill(node());
    start_writing();
    return Stage::name_of(node()) + ", while " + amount();
  }
  void heal() override {}
  bool over() override {
    if (!written()) return false;
    if (!stage().running(node())) stage().start(node());
    return true;
  }
};

// The log is cut off behind what the state is said to hold: it has to hold that after a power cut.
class PowerCutAtCompaction final : public WithBulk {
 public:
  using WithBulk::WithBulk;

  std::optional<std::string> strike() override {
    if (!take_follower()) return std::nullopt;
    const auto status = ground().observer.status(node());
    log_first_ = status ? status->log_first : 0;
    stage().disk(node()).sync_delay_us =
        static_cast<std::uint32_t>(prng().between(100, 400)) * 1000;
    start_writing();
    return Stage::name_of(node()) + ", slow, while " + amount();
  }
  void go_on() override {
    const auto status = ground().observer.status(node());
    if (!cut_ && status && status->log_first > log_first_) cut();
  }
  void heal() override {}
  bool over() override {
    if (!written() && !cut_) {
      go_on();
      return false;
    }
    stage().reset_disk(node());
    if (!written()) return false;
    if (!stage().running(node())) stage().start(node());
    return true;
  }

 private:
  void cut() {
    cut_ = true;
    stage().kill(node());
    came_of_it("compacted, lost " +
               cut_power(stage().disk_folders(node()), Kept::Nothing, prng()).text());
  }

  std::uint64_t log_first_ = 0;
  bool cut_ = false;
};

// --- an operator at the command line

struct OperatorCommand {
  std::string_view name;
  std::vector<std::string> (*arguments)(Ground&);
  // Besides these: 69 and 75, unavailable and timed out, which a cluster in trouble may answer.
  std::span<const int> statuses;
};

constexpr std::array kDone{0};
constexpr std::array kAnyVerdict{0, 1, 2};  // of a cluster in trouble
constexpr std::array kDoneOrNotFound{0, 66};
constexpr std::array kUnavailable{69, 75};

// Those that change members are faults of their own (member_faults.hpp).
constexpr auto kCommands = std::to_array<OperatorCommand>({
    {"status", [](Ground&) { return std::vector<std::string>{"status", "--json"}; }, kAnyVerdict},
    {"list", [](Ground&) { return std::vector<std::string>{"list", "/", "--recursive", "--json"}; },
     kDone},
    {"audit", [](Ground&) { return std::vector<std::string>{"audit", "/", "--limit", "20"}; },
     kDone},
    {"history",
     [](Ground& ground) {
       return std::vector<std::string>{"history",
                                       "/chaos/k" + std::to_string(ground.prng.below(8))};
     },
     kDoneOrNotFound},
});

constexpr Moment kSecond = 1'000'000'000;
constexpr Moment kLongestCommand = 30 * kSecond;  // it gives itself 10

class Command final : public Fault {
 public:
  using Fault::Fault;

  std::optional<std::string> strike() override {
    command_ = &kCommands[prng().below(kCommands.size())];
    const std::size_t node = ground().any_node();
    std::vector<std::string> arguments{stage().programs() / "confman"};
    for (std::string& argument : command_->arguments(ground())) {
      arguments.push_back(std::move(argument));
    }
    arguments.insert(arguments.end(), {"--server", "http://" + stage().endpoints()[node].text()});
    process_ = testing::ChildProcess(arguments, stage().folder(node) / "operator.log");
    began_ = Recorder::now();
    return std::string(command_->name) + " at " + Stage::name_of(node);
  }
  void heal() override {}
  bool over() override {
    const auto status = process_.wait(0ms);
    if (!status && began_ + kLongestCommand > Recorder::now()) return false;
    if (!status) {
      complain("doesn't end");
    } else if (std::ranges::find(command_->statuses, *status) == command_->statuses.end() &&
               std::ranges::find(kUnavailable, *status) == kUnavailable.end()) {
      complain("ended with " + std::to_string(*status));
    }
    return true;
  }

 private:
  void complain(const std::string& what) {
    stage().timeline().add_violation("operator_command",
                                     "confman " + std::string(command_->name) + " " + what + ".");
  }

  const OperatorCommand* command_ = nullptr;
  testing::ChildProcess process_;
  Moment began_ = 0;
};

}  // namespace

std::unique_ptr<Fault> make_away_for_long(Ground ground) {
  return std::make_unique<AwayForLong>(std::move(ground));
}

std::unique_ptr<Fault> make_power_cut_at_compaction(Ground ground) {
  return std::make_unique<PowerCutAtCompaction>(std::move(ground));
}

std::unique_ptr<Fault> make_operator_command(Ground ground) {
  return std::make_unique<Command>(std::move(ground));
}

}  // namespace confman::chaos
