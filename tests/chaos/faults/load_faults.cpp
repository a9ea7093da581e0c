#include "tests/chaos/faults/load_faults.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
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
constexpr int kValues = 44;
constexpr auto kWriteTimeout = 5s;

class AwayForLong final : public Fault {
 public:
  using Fault::Fault;
  ~AwayForLong() override {
    stopping_.store(true);
    if (writer_.joinable()) writer_.join();
  }

  std::optional<std::string> strike() override {
    auto nodes = ground().shuffled();
    if (const auto leader = ground().observer.leader()) std::erase(nodes, *leader);
    node_ = nodes.front();
    if (!take(node_)) return std::nullopt;
    stage().kill(node_);
    writer_ = std::thread([this, seed = prng().next()] { write(seed); });
    return Stage::name_of(node_) + ", while " + std::to_string(kValues) + " MB are written";
  }
  void heal() override {}
  bool over() override {
    if (!written_.load()) return false;
    if (!stage().running(node_)) stage().start(node_);
    return true;
  }

 private:
  void write(std::uint64_t seed) {
    const auto& nodes = stage().endpoints();
    std::size_t at = 0;
    for (int i = 0; i < kValues && !stopping_; ++i) {
      const std::string value(kValueBytes,
                              static_cast<char>('a' + (seed + static_cast<unsigned>(i)) % 26));
      const auto answer = testing::ask(
          nodes[at],
          {.method = "PUT",
           .target = "/api/v1/config/chaos-bulk/v" + std::to_string(i % 8) + "?timeout=3s",
           .body = "\"" + value + "\""},
          kWriteTimeout);
      if (!answer || answer->status >= 300) at = (at + 1) % nodes.size();
    }
    written_.store(true);
  }

  std::size_t node_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> written_{false};
  std::thread writer_;
};

// --- an operator at the command line

struct OperatorCommand {
  std::string_view name;
  std::vector<std::string> (*arguments)(Ground&);
  // Besides these: 69 and 75, unavailable and timed out, which a cluster in trouble may answer.
  std::span<const int> statuses;
};

constexpr std::array kDone{0};
constexpr std::array kDoneOrNotFound{0, 66};
constexpr std::array kUnavailable{69, 75};

// Later also: member add, promote and remove, leader transfer.
constexpr auto kCommands = std::to_array<OperatorCommand>({
    {"status", [](Ground&) { return std::vector<std::string>{"status", "--json"}; }, kDone},
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

std::unique_ptr<Fault> make_operator_command(Ground ground) {
  return std::make_unique<Command>(std::move(ground));
}

}  // namespace confman::chaos
