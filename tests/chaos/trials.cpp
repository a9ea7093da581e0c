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
#include "sim/seed/prng.hpp"
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

// One write after the other, as fast as they go, through all nodes in turn but one: what a client
// sees that knows nothing of leaders. A write that isn't acknowledged is tried at the next node at
// once, under its key.
class OneByOne {
 public:
  struct Acknowledged {
    Moment at{};
    std::string tries;  // "node2 503 in 0.4 ms, node3 200 in 12.3 ms"
  };

  explicit OneByOne(const testing::Endpoints& nodes) : thread_([this, nodes] { run(nodes); }) {}
  ~OneByOne() {
    stopping_.store(true);
    thread_.join();
  }

  void avoid(std::size_t node) { avoided_.store(node); }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return acknowledged_.size();
  }
  // The longest time without one, from the last before this moment on.
  std::pair<Moment, std::string> longest_gap(Moment around) const {
    const std::lock_guard lock(mutex_);
    std::pair<Moment, std::string> longest;
    for (std::size_t i = acknowledged_.size(); i > 1; --i) {
      const Acknowledged& next = acknowledged_[i - 1];
      if (next.at < around) break;
      const Moment gap = next.at - acknowledged_[i - 2].at;
      if (gap > longest.first) longest = {gap, next.tries};
    }
    return longest;
  }

 private:
  void run(const testing::Endpoints& nodes) {
    std::vector<testing::HttpConnection> connections(nodes.begin(), nodes.end());
    std::size_t node = 0;
    for (int count = 0; !stopping_; ++count) {
      testing::HttpRequest request{.method = "PUT",
                                   .target = "/api/v1/config/trials/one-by-one?timeout=1s",
                                   .body = "\"" + kValue + "\""};
      request.headers["Idempotency-Key"] = "one-by-one-" + std::to_string(count);
      std::string tries;
      for (bool done = false; !done && !stopping_;) {
        do node = (node + 1) % nodes.size();
        while (node == avoided_);
        const Moment called = Recorder::now();
        const auto answer = connections[node].send(request, kWriterTimeout);
        done = answer && answer->status < 300;
        add_try(tries, node, answer ? std::to_string(answer->status) : "no answer",
                Recorder::now() - called);
      }
      const std::lock_guard lock(mutex_);
      acknowledged_.push_back({Recorder::now(), std::move(tries)});
    }
  }

  static void add_try(std::string& tries, std::size_t node, const std::string& answer,
                      Moment took) {
    if (tries.size() > kMaxTriesText) return;
    char text[64];
    std::snprintf(text, sizeof text, " in %.1f ms", static_cast<double>(took) / kMillisecond);
    tries += (tries.empty() ? "" : ", ") + Stage::name_of(node) + " " + answer + text;
  }

  static constexpr std::size_t kMaxTriesText = 200;

  mutable std::mutex mutex_;
  std::vector<Acknowledged> acknowledged_;
  std::atomic<std::size_t> avoided_{SIZE_MAX};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// What a time is measured from counts until the first write that began after it.
std::optional<Moment> first_begun_after(const std::vector<Write>& writes, Moment moment) {
  for (const Write& write : writes) {
    if (write.called >= moment) return write.acknowledged;
  }
  return std::nullopt;
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
    if (trials_.kind == Trials::Kind::LeaderKill) {
      writers_ = std::make_unique<Writers>(stage_->endpoints());
    } else {
      one_by_one_ = std::make_unique<OneByOne>(stage_->endpoints());
    }
    for (int i = 0; i < trials_.count; ++i) {
      if (!await_leader()) return false;
      // Not always at the same moment after the last election.
      std::this_thread::sleep_for(std::chrono::milliseconds(prng_.between(300, 800)));
      const auto time = trials_.kind == Trials::Kind::LeaderKill ? kill_leader() : hand_over();
      if (!time) return false;
      times_.push_back(static_cast<double>(*time) / kMillisecond);
    }
    const std::size_t writes = writers_ ? writers_->count() : one_by_one_->count();
    writers_.reset();
    one_by_one_.reset();
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

  // One that was under way, and one that wasn't.
  bool await_writes(Clock::time_point deadline) {
    const std::size_t before = one_by_one_->count();
    while (one_by_one_->count() < before + 2) {
      if (Clock::now() > deadline) return tell("nobody can write through the other nodes");
      std::this_thread::sleep_for(kPollInterval);
    }
    return true;
  }

  std::optional<Moment> hand_over() {
    const std::size_t leader = leader_;
    stage_->allow_exit(leader, host::kOk, "it was told to stop");
    const auto deadline = Clock::now() + kServedDeadline;
    one_by_one_->avoid(leader);
    if (!await_writes(deadline)) return std::nullopt;
    const Moment from = Recorder::now();
    stage_->tell_to_stop(leader);
    while (stage_->running(leader)) {
      stage_->look();
      if (Clock::now() > deadline) {
        tell("the leader was told to stop and didn't");
        return std::nullopt;
      }
      std::this_thread::sleep_for(kPollInterval);
    }
    std::this_thread::sleep_for(kAfterHandover);  // the time that is looked at
    if (!await_writes(deadline)) return std::nullopt;
    const auto [gap, tries] = one_by_one_->longest_gap(from);
    told_.push_back(tries);
    stage_->forbid_exits(leader);
    stage_->start(leader);
    return gap;
  }

  void print(std::size_t writes) {
    std::ofstream out(report_ / "trials.txt");
    for (std::size_t i = 0; i < times_.size(); ++i) {
      out << times_[i] << (i < told_.size() ? "  " + told_[i] : "") << '\n';
    }
    std::ranges::sort(times_);
    const auto at = [&](double part) {
      return times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1) + 0.5)];
    };
    const bool kill = trials_.kind == Trials::Kind::LeaderKill;
    std::string text = kill ? "leader killed, to the next write that another node acknowledged"
                            : "leader told to stop, longest time between two acknowledged writes "
                              "of a client that writes one by one to the others";
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
    out << text;
  }

  const Trials trials_;
  const std::filesystem::path report_;
  sim::Prng prng_;
  std::unique_ptr<Stage> stage_;
  Timeline& timeline_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<Writers> writers_;      // leader-kill
  std::unique_ptr<OneByOne> one_by_one_;  // handover
  std::size_t leader_ = 0;
  std::vector<double> times_;      // ms
  std::vector<std::string> told_;  // of each longest gap: how the write went that ended it
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
