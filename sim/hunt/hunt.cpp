#include "sim/hunt/hunt.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "sim/hunt/corpus.hpp"
#include "sim/run/build_id.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/failure_shape.hpp"
#include "sim/shrink/shrink.hpp"

namespace confman::sim {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr auto kSaveEvery = seconds(5);
constexpr auto kReportEvery = seconds(10);
constexpr auto kShrinkFor = seconds(60);
// The time that a hunt that was told to stop takes for what it has in hand. The rest is run again
// next time.
constexpr auto kGrace = seconds(10);
constexpr auto kLookAround = std::chrono::milliseconds(100);
// Failures of one shape that are shrunk to see whether they need other faults.
constexpr std::uint64_t kVariants = 3;
// Results that wait for the one thread that judges them; workers wait then.
constexpr std::size_t kBacklog = 64;

struct Done {
  Assignment assignment;
  RunResult result;
};

// Hands out seeds, takes back results in whatever order they come.
class Workers {
 public:
  Workers(const HuntOptions& options, std::uint64_t first) : options_(options), next_(first) {
    for (unsigned i = 0; i < std::max(1U, options.jobs); ++i) {
      threads_.emplace_back([this] { work(); });
    }
  }
  ~Workers() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    room_.notify_all();
  }

  std::optional<Done> take(Clock::duration patience) {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, patience, [&] { return !done_.empty(); });
    if (done_.empty()) return std::nullopt;
    Done done = std::move(done_.front());
    done_.pop_front();
    room_.notify_one();
    return done;
  }

 private:
  void work() {
    while (const auto seed = next()) {
      const Assignment assignment = assign(*seed);
      Done done{assignment, options_.perform(assignment, nullptr)};
      const std::lock_guard lock(mutex_);
      done_.push_back(std::move(done));
      ready_.notify_one();
    }
  }

  std::optional<std::uint64_t> next() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return stopped_ || done_.size() < kBacklog; });
    if (stopped_ || options_.stop()) return std::nullopt;
    return next_++;
  }

  const HuntOptions& options_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable room_;
  std::deque<Done> done_;
  std::uint64_t next_;
  bool stopped_ = false;
  std::vector<std::jthread> threads_;  // last: joined before what they use is gone
};

// The kinds of events that only a fault brings about. Clocks that are wrong in the end only because
// everything else was timed by them are not told from those that matter, so they don't count.
std::string faults_of(const Recording& recording) {
  static constexpr EventKind kOrdinary[] = {
      EventKind::Deliver,  EventKind::Tick,    EventKind::Turn,    EventKind::Sync,
      EventKind::Flush,    EventKind::Build,   EventKind::Install, EventKind::Submit,
      EventKind::GiveUp,   EventKind::Restart, EventKind::Drift,   EventKind::WallJump,
      EventKind::MonoJump, EventKind::Cut,     EventKind::Mend,    EventKind::Deadline,
      EventKind::End};
  std::set<std::string_view> names;
  for (const RecordedEvent& recorded : recording.events) {
    if (recorded.event.kind == EventKind::Heal) break;
    if (std::ranges::find(kOrdinary, recorded.event.kind) != std::end(kOrdinary)) continue;
    names.insert(name_of(recorded.event.kind));
  }
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

std::string now_utc() {
  std::ostringstream text;
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  text << static_cast<int>(date.year()) << '-' << two(static_cast<unsigned>(date.month())) << '-'
       << two(static_cast<unsigned>(date.day())) << 'T' << two(time.hours().count()) << ':'
       << two(time.minutes().count()) << ':' << two(time.seconds().count()) << 'Z';
  return text.str();
}

class Hunt {
 public:
  Hunt(const HuntOptions& options, std::ostream& log, Corpus& corpus)
      : options_(options), log_(log), corpus_(corpus), ledger_(corpus.ledger) {}

  HuntReport run() {
    first_ = options_.first_seed != 0 ? options_.first_seed : ledger_.high_water + 1;
    log_ << "hunting from seed " << first_ << " on, build " << build_id() << "\n" << std::flush;
    try_the_canary();
    if (report_.why.empty()) go_on();
    save();
    summarize();
    report_.ledger = ledger_;
    return report_;
  }

 private:
  void go_on() {
    Workers workers(options_, first_);
    while (report_.why.empty() && !out_of_grace()) {
      const bool stopping = stopped_at_.has_value();
      if (const auto done = workers.take(stopping ? seconds(1) : Clock::duration(kLookAround))) {
        judge(*done);
      } else if (stopping) {
        break;
      }
      const auto now = Clock::now();
      if (now - saved_ >= kSaveEvery) save();
      if (now - reported_ >= kReportEvery) report_progress();
    }
  }

  // Told to stop, and a while ago.
  bool out_of_grace() {
    if (!stopped_at_ && options_.stop()) stopped_at_ = Clock::now();
    return stopped_at_ && Clock::now() >= *stopped_at_ + kGrace;
  }

  void judge(const Done& done) {
    const RunResult& result = done.result;
    count(done);
    if (done.assignment.canary && !is_forged(result)) {
      if (!result.failure) return blind("the canary of seed " + seed_of(done) + " lives");
    } else if (done.assignment.canary) {
      ++ledger_.canaries;
      return;
    }
    if (result.failure) failed(done);
  }

  // The whole way from a failure to its file, but for the file.
  void try_the_canary() {
    const Assignment canary{.seed = first_, .canary = true};
    Recording recording;
    const RunResult result = options_.perform(canary, &recording);
    if (!is_forged(result)) return blind("its canary lives");
    if (!comes_again({canary, result}, recording)) return;
    const auto shrunk = shrink(recording, [this] { return out_of_grace(); });
    if (!shrunk) return blind("its canary can't be shrunk: " + shrunk.error());
    ++ledger_.canaries;
  }

  static bool is_forged(const RunResult& result) {
    return result.failure && result.failure->oracle == "forged";
  }
  static std::string seed_of(const Done& done) { return std::to_string(done.assignment.seed); }

  void blind(std::string why) {
    report_.exit_code = kExitBlind;
    report_.why = std::move(why);
  }

  void count(const Done& done) {
    ++report_.seeds;
    ++ledger_.seeds;
    ledger_.events += done.result.events;
    ledger_.operations += done.result.operations;
    ledger_.simulated_seconds += static_cast<double>(done.result.simulated_us) / 1e6;
    ++ledger_.profiles[done.assignment.canary ? "canary"
                                              : std::string(name_of(done.assignment.profile))];
    if (done.assignment.storage == StorageKind::Sqlite) ++ledger_.on_sqlite;
    events_ += done.result.events;
    // High water: results come in any order, and what has gaps isn't done.
    ahead_.insert(done.assignment.seed);
    std::uint64_t water = std::max(ledger_.high_water, first_ - 1);
    while (!ahead_.empty() && *ahead_.begin() <= water + 1) {
      water = std::max(water, *ahead_.begin());
      ahead_.erase(ahead_.begin());
    }
    ledger_.high_water = water;
  }

  // The same run twice more, written down: the same failure and the same hash, or nothing can be
  // believed any more.
  bool comes_again(const Done& done, Recording& recording) {
    for (int i = 0; i < 2; ++i) {
      recording = {};
      const RunResult again = options_.perform(done.assignment, &recording);
      if (again.failure == done.result.failure && again.hash == done.result.hash) continue;
      blind("seed " + seed_of(done) + " did not come to the same end again");
      return false;
    }
    return true;
  }

  void failed(const Done& done) {
    const RunFailure& failure = *done.result.failure;
    ++report_.failed;
    ++ledger_.oracles[failure.oracle];
    report_.exit_code = worse(report_.exit_code, exit_code_of(failure.kind));
    Recording recording;
    if (!comes_again(done, recording)) return;
    const std::string shape = shape_of(failure);
    std::vector<Ledger::Found*> alike;
    std::uint64_t repeats = 0;
    for (Ledger::Found& found : ledger_.found) {
      if (found.shape != shape) continue;
      alike.push_back(&found);
      repeats += found.repeats;
    }
    if (alike.size() >= kVariants || repeats >= kVariants * kVariants) {
      return repeated(*alike.front(), done);
    }
    const auto deadline = Clock::now() + kShrinkFor;
    const auto shrunk =
        shrink(recording, [&] { return out_of_grace() || Clock::now() >= deadline; });
    if (!shrunk) return blind("seed " + seed_of(done) + ": " + shrunk.error());
    const std::string faults = faults_of(shrunk->recording);
    for (Ledger::Found* found : alike) {
      if (found->faults == faults) return repeated(*found, done);
    }
    add(done, *shrunk, shape, faults);
  }

  // Perhaps another fault with the same symptom, above all if that one was mended.
  void repeated(Ledger::Found& found, const Done& done) {
    ++found.repeats;
    found.last_seed = done.assignment.seed;
    log_ << "AGAIN like " << found.file << ": " << named(done.assignment) << "\n" << std::flush;
  }

  static std::string named(const Assignment& assignment) {
    return "seed " + std::to_string(assignment.seed) + " profile " +
           std::string(name_of(assignment.profile)) +
           (assignment.storage == StorageKind::Sqlite ? " on SQLite" : "");
  }

  void add(const Done& done, const Shrunk& shrunk, const std::string& shape,
           const std::string& faults) {
    const auto file = corpus_.file(shrunk.recording);
    if (!file) return unwritable(file.error());
    const Recording& recording = shrunk.recording;
    ledger_.found.push_back({.shape = shape,
                             .faults = faults,
                             .failure = *recording.failure,
                             .seed = done.assignment.seed,
                             .profile = std::string(name_of(done.assignment.profile)),
                             .build = recording.build,
                             .file = *file,
                             .events_before = shrunk.events_before,
                             .events = recording.events.size(),
                             .found_at = now_utc(),
                             .repeats = 1,
                             .last_seed = done.assignment.seed});
    log_ << "FOUND " << name_of(recording.failure->kind) << " " << recording.failure->oracle << ": "
         << recording.failure->sentence << "\n  " << named(done.assignment) << ", shrunk from "
         << shrunk.events_before << " events to " << recording.events.size() << ": " << *file
         << "\n"
         << std::flush;
    save();
  }

  void save() {
    const auto now = Clock::now();
    ledger_.wall_seconds += std::chrono::duration<double>(now - saved_).count();
    saved_ = now;
    if (const auto written = corpus_.save(); !written) unwritable(written.error());
  }
  void unwritable(std::string why) {
    report_.exit_code = kExitBadFile;
    report_.why = std::move(why);
  }

  double elapsed() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  void report_progress() {
    reported_ = Clock::now();
    log_ << report_.seeds << " seeds, "
         << static_cast<std::uint64_t>(static_cast<double>(report_.seeds) / elapsed())
         << " seeds/s, "
         << static_cast<std::uint64_t>(static_cast<double>(events_) / elapsed() / 1000)
         << ",000 events/s, " << report_.failed << " failed, " << ledger_.found.size()
         << " distinct failures in the corpus, up to seed " << ledger_.high_water << "\n"
         << std::flush;
  }

  void summarize() {
    report_progress();
    log_ << "in all hunts: " << ledger_.seeds << " seeds (" << ledger_.on_sqlite << " on SQLite), "
         << ledger_.events << " events, " << static_cast<std::uint64_t>(ledger_.simulated_seconds)
         << " simulated seconds in " << static_cast<std::uint64_t>(ledger_.wall_seconds) << " s, "
         << ledger_.canaries << " canaries\n";
    for (const auto& [oracle, runs] : ledger_.oracles) {
      log_ << "  " << oracle << ": " << runs << " runs\n";
    }
    for (const Ledger::Found& found : ledger_.found) {
      log_ << "  " << found.file << ": " << found.repeats << " times, "
           << (found.faults.empty() ? "no faults" : found.faults) << "\n";
    }
    if (!report_.why.empty()) log_ << "RED: " << report_.why << "\n";
    log_ << std::flush;
  }

  const HuntOptions& options_;
  std::ostream& log_;
  Corpus& corpus_;
  Ledger& ledger_;
  HuntReport report_{.exit_code = kExitGood, .why = {}, .ledger = {}};
  std::uint64_t first_ = 1;
  std::uint64_t events_ = 0;
  std::set<std::uint64_t> ahead_;  // seeds run above the high water
  std::optional<Clock::time_point> stopped_at_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point saved_ = begin_;
  Clock::time_point reported_ = begin_;
};

}  // namespace

HuntReport hunt(const HuntOptions& options, std::ostream& log) {
  auto corpus = Corpus::open(options.corpus);
  if (!corpus) return {.exit_code = kExitBadFile, .why = corpus.error(), .ledger = {}};
  return Hunt(options, log, *corpus).run();
}

}  // namespace confman::sim
