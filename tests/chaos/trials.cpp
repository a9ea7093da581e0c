#include "tests/chaos/trials.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "app/confmand/exit_codes.hpp"
#include "sim/prng.hpp"
#include "tests/chaos/observer.hpp"
#include "tests/chaos/stage.hpp"
#include "tests/support/client.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/workload.hpp"

namespace confman::chaos {
namespace {

using namespace std::chrono_literals;
using testing::Recorder;
using Clock = std::chrono::steady_clock;

// What nodes do that aren't told otherwise (docs/operations.md).
constexpr double kElectionMinMs = 300;
constexpr double kElectionMaxMs = 600;

constexpr Moment kMillisecond = 1'000'000;
constexpr std::size_t kWritersPerNode = 2;
constexpr auto kWriterTimeout = 1500ms;
constexpr auto kPollInterval = 2ms;
constexpr auto kReadyDeadline = 60s;
constexpr auto kServedDeadline = 20s;
// After the old leader's end: what is still slow by then has another reason.
constexpr auto kAfterHandover = 1s;
const std::string kValue(256, 'v');

struct Write {
  std::size_t node{};
  Moment called{};
  Moment acknowledged{};
};

// Small writes through all nodes, one after the other as fast as they go. They carry idempotency
// keys, as writes should: without one a node that has passed a write on to a leader that died can
// only wait for the deadline and say that it doesn't know.
class Writers {
 public:
  explicit Writers(const testing::Endpoints& nodes) : nodes_(nodes) {
    for (std::size_t i = 0; i < nodes_.size() * kWritersPerNode; ++i) {
      threads_.emplace_back([this, i] { run(i); });
    }
  }
  ~Writers() {
    stopping_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }

  // Those acknowledged since, by other nodes than this one.
  std::vector<Write> since(Moment moment, std::size_t not_by) const {
    const std::lock_guard lock(mutex_);
    std::vector<Write> result;
    for (auto write = writes_.rbegin(); write != writes_.rend(); ++write) {
      if (write->acknowledged < moment) break;
      if (write->node != not_by) result.push_back(*write);
    }
    std::ranges::reverse(result);
    return result;
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return writes_.size();
  }

 private:
  void run(std::size_t number) {
    const std::size_t node = number % nodes_.size();
    testing::HttpConnection connection(nodes_[node]);
    testing::HttpRequest request{
        .method = "PUT",
        .target = "/api/v1/config/trials/k" + std::to_string(number) + "?timeout=1s",
        .body = "\"" + kValue + "\""};
    for (int count = 0; !stopping_; ++count) {
      request.headers["Idempotency-Key"] = std::to_string(number) + "-" + std::to_string(count);
      const Moment called = Recorder::now();
      const auto answer = connection.send(request, kWriterTimeout);
      if (answer && answer->status < 300) {
        const std::lock_guard lock(mutex_);
        writes_.push_back({node, called, Recorder::now()});
      } else if (!answer) {
        std::this_thread::sleep_for(kPollInterval);  // it is down: don't hammer it
      }
    }
  }

  const testing::Endpoints nodes_;
  mutable std::mutex mutex_;
  std::vector<Write> writes_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

// What a time is measured from counts until the first write that began after it.
std::optional<Moment> first_begun_after(const std::vector<Write>& writes, Moment moment) {
  for (const Write& write : writes) {
    if (write.called >= moment) return write.acknowledged;
  }
  return std::nullopt;
}

Moment longest_gap(const std::vector<Write>& writes, Moment from) {
  Moment longest = 0;
  for (const Write& write : writes) {
    longest = std::max(longest, write.acknowledged - from);
    from = write.acknowledged;
  }
  return longest;
}

class Measurement {
 public:
  Measurement(const Options& options, std::unique_ptr<Stage> stage, Timeline& timeline)
      : trials_(*options.trials),
        report_(options.report),
        prng_(options.seed, "trials"),
        stage_(std::move(stage)),
        timeline_(timeline) {}

  bool run() {
    for (std::size_t i = 0; i < stage_->size(); ++i) stage_->start(i);
    observer_ = std::make_unique<Observer>(stage_->endpoints(), timeline_);
    if (!await_leader()) return false;
    const auto made = testing::create_namespace(stage_->endpoints()[0], "trials");
    if (!made) return tell(made.error());
    writers_ = std::make_unique<Writers>(stage_->endpoints());
    for (int i = 0; i < trials_.count; ++i) {
      if (!await_leader()) return false;
      // Not always at the same moment after the last election.
      std::this_thread::sleep_for(std::chrono::milliseconds(prng_.between(300, 800)));
      const auto time = trials_.kind == Trials::Kind::LeaderKill ? kill_leader() : hand_over();
      if (!time) return false;
      times_.push_back(static_cast<double>(*time) / kMillisecond);
    }
    const std::size_t writes = writers_->count();
    writers_.reset();
    print(writes);
    return timeline_.data().violations.empty();
  }

 private:
  static bool tell(const std::string& what) {
    std::printf("not measured: %s\n", what.c_str());
    return false;
  }

  // All nodes serve, and agree on who leads.
  bool await_leader() {
    const auto deadline = Clock::now() + kReadyDeadline;
    for (;;) {
      stage_->look();
      const auto leader = observer_->leader();
      bool all = leader.has_value();
      for (std::size_t i = 0; all && i < stage_->size(); ++i) {
        const auto status = observer_->status(i);
        all = status && status->leader == Stage::name_of(*leader);
      }
      if (all) {
        leader_ = *leader;
        return true;
      }
      if (Clock::now() > deadline) return tell("the nodes don't agree on a leader");
      std::this_thread::sleep_for(kPollInterval);
    }
  }

  std::optional<Moment> kill_leader() {
    const std::size_t leader = leader_;
    const Moment from = Recorder::now();
    stage_->kill(leader);
    const auto deadline = Clock::now() + kServedDeadline;
    std::optional<Moment> served;
    while (!served) {
      if (Clock::now() > deadline) {
        tell("nobody could write after the leader was killed");
        return std::nullopt;
      }
      std::this_thread::sleep_for(kPollInterval);
      served = first_begun_after(writers_->since(from, leader), from);
    }
    stage_->start(leader);
    return *served - from;
  }

  std::optional<Moment> hand_over() {
    const std::size_t leader = leader_;
    stage_->allow_exit(leader, host::kOk, "it was told to stop");
    const Moment from = Recorder::now();
    stage_->tell_to_stop(leader);
    const auto deadline = Clock::now() + kServedDeadline;
    while (stage_->running(leader)) {
      stage_->look();
      if (Clock::now() > deadline) {
        tell("the leader was told to stop and didn't");
        return std::nullopt;
      }
      std::this_thread::sleep_for(kPollInterval);
    }
    std::this_thread::sleep_for(kAfterHandover);  // the time that is looked at
    const auto writes = writers_->since(from, leader);
    stage_->forbid_exits(leader);
    stage_->start(leader);
    return longest_gap(writes, from);
  }

  void print(std::size_t writes) {
    std::ranges::sort(times_);
    const auto at = [&](double part) {
      return times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1) + 0.5)];
    };
    const bool kill = trials_.kind == Trials::Kind::LeaderKill;
    std::string text = kill ? "leader killed, to the next write that another node acknowledged"
                            : "leader told to stop, longest time without an acknowledged write";
    char figures[512];
    std::snprintf(figures, sizeof figures,
                  "\n%zu trials over %zu writes; election time-out %.0f to %.0f ms\n"
                  "median %8.1f ms  = %.2f × %.0f ms\n"
                  "p99    %8.1f ms  = %.2f\n"
                  "max    %8.1f ms  = %.2f\n",
                  times_.size(), writes, kElectionMinMs, kElectionMaxMs, at(0.5),
                  at(0.5) / kElectionMaxMs, kElectionMaxMs, at(0.99), at(0.99) / kElectionMaxMs,
                  times_.back(), times_.back() / kElectionMaxMs);
    text += figures;
    std::printf("%s", text.c_str());
    std::ofstream out(report_ / "trials.txt");
    out << text;
    for (const double time : times_) out << time << '\n';
  }

  const Trials trials_;
  const std::filesystem::path report_;
  sim::Prng prng_;
  std::unique_ptr<Stage> stage_;
  Timeline& timeline_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<Writers> writers_;
  std::size_t leader_ = 0;
  std::vector<double> times_;  // ms
};

}  // namespace

int run_trials(const Options& options) {
  Timeline timeline;
  std::filesystem::create_directories(options.report);
  auto stage = Stage::make({.nodes = options.nodes == 0 ? 3 : options.nodes,
                            .folder = options.report,
                            .programs = options.programs,
                            .namespaces = false,
                            .seed = options.seed},
                           timeline);
  if (!stage) {
    std::printf("%s\n", stage.error().c_str());
    return 1;
  }
  return Measurement(options, std::move(*stage), timeline).run() ? 0 : 1;
}

}  // namespace confman::chaos
