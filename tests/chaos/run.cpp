#include "tests/chaos/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>

#include "app/confmand/exit_codes.hpp"
#include "tests/chaos/nemesis.hpp"
#include "tests/chaos/observer.hpp"
#include "tests/chaos/pulse.hpp"
#include "tests/chaos/report/report.hpp"
#include "tests/chaos/schedule.hpp"
#include "tests/chaos/stage.hpp"
#include "tests/support/client.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/replicas.hpp"
#include "tests/support/watcher.hpp"
#include "tests/support/workload.hpp"

namespace confman::chaos {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using testing::Recorder;
using testing::Watcher;
using testing::Workload;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kClients = 12;
constexpr auto kPause = 15ms;  // of a client between two operations
constexpr testing::Patience kPatience{700ms, 1200ms};
constexpr std::uint64_t kOperationsPerSession = 1000;
constexpr std::uint64_t kOperationsPerKey = 400;
constexpr auto kTurn = 5ms;
constexpr auto kProbeTimeout = 1s;
// How long what has to happen after the last fault may take. Far more than it takes, since other
// work may want the same processors: what is judged is whether it happens.
constexpr auto kStartDeadline = 60s;
constexpr auto kHealDeadline = 90s;
constexpr auto kServeDeadline = 60s;
constexpr auto kWatchDeadline = 30s;
constexpr auto kSameDeadline = 30s;
constexpr auto kStopDeadline = 30s;
constexpr const char* kRareEvents[] = {
    "snapshot_built", "snapshot_installed", "snapshot_rejected",  "snapshot_failed",
    "start_refused",  "bad_peer",           "fatal_storage_error"};
// What a node tells that has lost what it promised to keep. It makes up for that with the help of
// the others, so that clients don't notice.
constexpr const char* kLosses[] = {"log_damaged", "state_lost", "state_set_aside"};
constexpr const char* kPulseSpace = "chaos-pulse";
const std::string kLastKey = "/chaos/deep/last";

// What the seed decides besides the schedule.
struct Knobs {
  std::size_t nodes{};
  std::string flush_interval;
  int http_threads{};
  std::uint32_t sync_us{};

  std::string settings() const {
    return "storage:\n  flush_interval: " + flush_interval +
           "\nhttp:\n  threads: " + std::to_string(http_threads) + "\n";
  }
};

Knobs draw_knobs(const Options& options) {
  sim::Prng prng(options.seed, "knobs");
  Knobs knobs;
  knobs.nodes = prng.one_of<std::size_t>({3, 3, 5});
  if (options.nodes != 0) knobs.nodes = options.nodes;
  knobs.flush_interval = prng.one_of<const char*>({"50ms", "200ms", "1s", "5s"});
  knobs.http_threads = prng.one_of({1, 2});
  knobs.sync_us = prng.one_of<std::uint32_t>({200, 1'000, 3'000, 8'000});
  return knobs;
}

class Run {
 public:
  Run(const Options& options, const Knobs& knobs, std::unique_ptr<Stage> stage, Timeline& timeline)
      : options_(options), knobs_(knobs), stage_(std::move(stage)), timeline_(timeline) {}

  int go() {
    if (!begin()) return conclude();
    observer_ = std::make_unique<Observer>(stage_->endpoints(), timeline_);
    pulse_ = std::make_unique<Pulse>(stage_->endpoints(), kPulseSpace);
    {
      Workload workload(stage_->endpoints(), recorder_,
                        {.clients = kClients,
                         .keys = keys(),
                         .pause = kPause,
                         .patience = kPatience,
                         .at_home = true,
                         .operations_per_session = kOperationsPerSession,
                         .operations_per_key = kOperationsPerKey,
                         .seed = options_.seed});
      timeline_.begins(Recorder::now());
      chaos();
      timeline_.ends(Recorder::now());
      keys_ = workload.keys();
    }
    beats_ = pulse_->beats();
    pulse_.reset();
    keys_.push_back(kLastKey);
    if (healed_) end();
    return conclude();
  }

 private:
  static std::vector<std::string> keys() {
    auto keys = testing::make_keys("chaos", 8);
    for (const std::string& key : testing::make_keys("chaos/deep", 4)) keys.push_back(key);
    return keys;
  }

  // False: there is nothing to judge.
  bool begin() {
    for (std::size_t i = 0; i < stage_->size(); ++i) stage_->start(i);
    if (!await_all_ready(kStartDeadline)) return false;
    for (const char* space : {kPulseSpace, "chaos-bulk", "chaos", "chaos/deep"}) {
      const auto made = testing::create_namespace(stage_->endpoints()[0], space);
      if (!made) {
        timeline_.add_violation("no_start", made.error());
        return false;
      }
      start_ = *made;
    }
    watch();
    return true;
  }

  void watch() {
    using enum Watcher::Way;
    const Watcher::Scope space{"/chaos", ""};
    const Watcher::Scope below{"/chaos/deep", ""};
    std::uint64_t number = 0;
    const auto add = [&](Watcher::Way way, const Watcher::Scope& scope) {
      watchers_.push_back(
          std::make_unique<Watcher>(stage_->endpoints(), ++number, way, scope, start_, kLastKey));
    };
    add(LongPoll, space);
    add(LongPoll, below);
    add(Events, space);
    add(Events, below);
  }

  void chaos() {
    std::vector<const FaultKind*> kinds;
    const Means means{stage_->network() != nullptr, stage_->has_faulty_disk()};
    for (const FaultKind& kind : fault_kinds()) {
      const bool wanted = options_.kinds.empty() ||
                          std::ranges::find(options_.kinds, &kind) != options_.kinds.end();
      if (wanted && possible(kind, means)) kinds.push_back(&kind);
    }
    const auto schedule = make_schedule({options_.seed, options_.seconds * 1000LL, kinds});
    std::printf("The schedule: when, how long, what\n");
    for (const Planned& planned : schedule) std::printf("%s\n", text_of(planned).c_str());
    std::fflush(stdout);

    Nemesis nemesis(*stage_, *observer_, schedule);
    const auto end = Clock::now() + std::chrono::seconds(options_.seconds);
    while (Clock::now() < end) {
      nemesis.turn();
      std::this_thread::sleep_for(kTurn);
    }
    nemesis.heal();
    const auto deadline = Clock::now() + kHealDeadline;
    while (!nemesis.at_rest() && Clock::now() < deadline) {
      nemesis.turn();
      std::this_thread::sleep_for(kTurn);
    }
    if (!nemesis.at_rest()) timeline_.add_violation("not_healed", "A fault doesn't end.");
    await_service(nemesis);
  }

  // After the last fault: every node serves.
  void await_service(Nemesis& nemesis) {
    const Moment healed = Recorder::now();
    const auto deadline = Clock::now() + kServeDeadline;
    std::vector<bool> serves(stage_->size(), false);
    while (Clock::now() < deadline) {
      nemesis.turn();
      bool all = true;
      for (std::size_t i = 0; i < stage_->size(); ++i) {
        serves[i] =
            serves[i] || is_lost(nemesis, i) || (pulse_->served_since(i, healed) && reads(i));
        all = all && serves[i];
      }
      if (all) break;
      std::this_thread::sleep_for(kTurn);
    }
    served_after_ = Recorder::now() - healed;
    healed_ = std::ranges::find(serves, false) == serves.end();
    for (std::size_t i = 0; i < stage_->size(); ++i) {
      if (!serves[i])
        timeline_.add_violation(
            "liveness", Stage::name_of(i) + " doesn't serve " + "after everything was healed.");
    }
    for (std::size_t i = 0; i < stage_->size(); ++i) {
      if (!is_lost(nemesis, i)) serving_.push_back(stage_->endpoints()[i]);
    }
    lost_ = stage_->size() - serving_.size();
    if (serving_.size() < stage_->majority()) {
      timeline_.add_violation("lost_nodes", "More than a minority of the nodes is lost.");
      healed_ = false;
    }
  }

  static bool is_lost(const Nemesis& nemesis, std::size_t node) {
    return std::ranges::find(nemesis.lost(), node) != nemesis.lost().end();
  }

  // Its state is up to date.
  bool reads(std::size_t node) const {
    const auto answer = testing::ask(
        stage_->endpoints()[node],
        {.target = "/api/v1/config/" + std::string(kPulseSpace) + "/pulse-node1?timeout=900ms"},
        kProbeTimeout);
    return answer && answer->status == 200;
  }

  bool await_all_ready(std::chrono::seconds within) {
    const auto deadline = Clock::now() + within;
    for (std::size_t i = 0; i < stage_->size(); ++i) {
      for (;;) {
        stage_->look();
        const auto answer =
            testing::ask(stage_->endpoints()[i], {.target = "/health/ready"}, kProbeTimeout);
        if (answer && answer->status == 200) break;
        if (Clock::now() > deadline || !stage_->running(i)) {
          timeline_.add_violation("no_start", Stage::name_of(i) + " doesn't get ready.");
          return false;
        }
        std::this_thread::sleep_for(kTurn);
      }
    }
    return true;
  }

  // The last write, the watchers' last event, the comparison of the nodes, their orderly end.
  void end() {
    Client closing(serving_, recorder_, kClients + 1);
    if (closing.put(0, kLastKey, {}, Client::Retry::UntilKnown).outcome != sim::Outcome::Done) {
      timeline_.add_violation("liveness", "The last write isn't acknowledged.");
    }
    const auto deadline = Clock::now() + kWatchDeadline;
    for (const auto& watcher : watchers_) {
      while (!watcher->complete() && Clock::now() < deadline) std::this_thread::sleep_for(kTurn);
      if (watcher->complete()) {
        watches_.push_back(watcher->record());
      } else {
        timeline_.add_violation("watch_incomplete",
                                "Watcher " + std::to_string(watcher->record().watcher) + " of '" +
                                    watcher->record().scope + "' didn't get the last change.");
      }
    }
    watchers_.clear();
    auto replicas = testing::compare_replicas(serving_, keys_, kSameDeadline);
    for (auto& violation : replicas.violations) {
      timeline_.add_violation(violation.property, violation.sentence);
    }
    history_.final_history = std::move(replicas.history);
    observer_.reset();
    stop_all();
  }

  void stop_all() {
    for (std::size_t i = 0; i < stage_->size(); ++i) {
      stage_->forbid_exits(i);
      stage_->allow_exit(i, host::kOk, "the run is over");
      stage_->tell_to_stop(i);
    }
    const auto deadline = Clock::now() + kStopDeadline;
    for (std::size_t i = 0; i < stage_->size(); ++i) {
      while (stage_->running(i) && Clock::now() < deadline) {
        stage_->look();
        std::this_thread::sleep_for(kTurn);
      }
      if (stage_->running(i)) {
        timeline_.add_violation("slow_stop", Stage::name_of(i) + " doesn't stop at the end.");
      }
    }
  }

  int conclude() {
    watchers_.clear();
    observer_.reset();
    history_.operations = recorder_.operations();
    for (const std::string& surprise : recorder_.surprises()) {
      timeline_.add(&Timeline::Data::violations, ViolationMark{0, {"surprise", surprise}});
    }
    if (healed_) {
      for (auto& violation : testing::judge(history_, watches_)) {
        timeline_.add(&Timeline::Data::violations, ViolationMark{0, std::move(violation)});
      }
    }
    find_unexplained_losses();
    const Timeline::Data data = timeline_.data();
    Outcome outcome{.seed = options_.seed,
                    .again = again(options_),
                    .nodes = stage_->size(),
                    .settings = knobs_.settings(),
                    .lost_nodes = lost_,
                    .served_after = served_after_,
                    .reached = reached(),
                    .timeline = data,
                    .figures = figures_of(history_.operations, beats_, data)};
    if (stage_->network() != nullptr) outcome.network = stage_->network()->counts();
    write_report(options_.report, outcome);
    std::printf("\n%s", summary_of(outcome).c_str());
    const bool passed = data.violations.empty();
    if (!passed) {
      sim::Violations violations;
      for (const auto& mark : data.violations) violations.push_back(mark.violation);
      testing::write_history(options_.report / "history.txt", history_, watches_, violations);
    }
    clear_up(passed && !options_.keep);
    if (!passed || options_.keep) {
      std::printf("Logs and data of the nodes are in %s. The same schedule again:\n  %s\n",
                  options_.report.c_str(), outcome.again.c_str());
    }
    return passed ? 0 : 1;
  }

  static std::size_t count(const std::string& log, const std::string& event) {
    const std::string word = " " + event + " ";
    std::size_t count = 0;
    for (auto at = log.find(word); at != std::string::npos; at = log.find(word, at + 1)) ++count;
    return count;
  }

  // The rare situations that the nodes tell of.
  std::map<std::string, std::size_t> reached() const {
    std::map<std::string, std::size_t> counts;
    for (std::size_t i = 0; i < stage_->size(); ++i) {
      const std::string log = stage_->log_of(i);
      for (const char* event : kRareEvents) {
        if (const std::size_t times = count(log, event); times > 0) counts[event] += times;
      }
    }
    return counts;
  }

  // Crashes, power cuts and disks that fail take nothing away that was synced.
  void find_unexplained_losses() {
    std::vector<bool> damaged(stage_->size(), false);
    for (const FaultSpan& fault : timeline_.data().faults) {
      if (find_fault_kind(fault.kind)->group != FaultClass::Damage) continue;
      for (const std::size_t node : fault.nodes) damaged[node] = true;
    }
    for (std::size_t i = 0; i < stage_->size(); ++i) {
      if (damaged[i]) continue;
      const std::string log = stage_->log_of(i);
      for (const char* loss : kLosses) {
        if (count(log, loss) == 0) continue;
        timeline_.add_violation("unexplained_loss", Stage::name_of(i) + " told of " + loss +
                                                        ", and nobody damaged its files.");
      }
    }
  }

  void clear_up(bool everything) {
    stage_->kill_all();
    if (!everything) return stage_->keep_data();
    std::vector<std::filesystem::path> folders;
    for (std::size_t i = 0; i < stage_->size(); ++i) folders.push_back(stage_->folder(i));
    stage_.reset();  // unmounts
    std::error_code ignored;
    for (const auto& folder : folders) std::filesystem::remove_all(folder, ignored);
  }

  const Options& options_;
  const Knobs knobs_;
  std::unique_ptr<Stage> stage_;
  Timeline& timeline_;
  Recorder recorder_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<Pulse> pulse_;
  std::vector<std::vector<Moment>> beats_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  sim::Revision start_;
  std::vector<std::string> keys_;
  testing::Endpoints serving_;
  std::vector<sim::WatchRecord> watches_;
  sim::History history_;
  bool healed_ = false;
  std::size_t lost_ = 0;
  Moment served_after_ = 0;
};

}  // namespace

int run_chaos(const Options& options) {
  const Knobs knobs = draw_knobs(options);
  std::printf("%s\n%zu nodes, flush every %s, %d HTTP threads, %u us a sync; report in %s\n",
              again(options).c_str(), knobs.nodes, knobs.flush_interval.c_str(), knobs.http_threads,
              knobs.sync_us, options.report.c_str());
  Timeline timeline;
  std::filesystem::create_directories(options.report);
  auto stage = Stage::make({.nodes = knobs.nodes,
                            .folder = options.report,
                            .programs = options.programs,
                            .namespaces = !options.loopback,
                            .faulty_disk = CONFMAN_FAULTY_DISK,
                            .seconds = options.seconds,
                            .sync_us = knobs.sync_us,
                            .settings = knobs.settings(),
                            .seed = options.seed},
                           timeline);
  if (!stage) {
    std::printf("skipped: network namespaces can't be made here (%s)\n", stage.error().c_str());
    return 0;
  }
  return Run(options, knobs, std::move(*stage), timeline).go();
}

}  // namespace confman::chaos
