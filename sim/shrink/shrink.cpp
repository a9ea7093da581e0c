#include "sim/shrink/shrink.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/run/build_id.hpp"
#include "sim/run/failure_shape.hpp"
#include "sim/seed/prng.hpp"
#include "sim/shrink/classes.hpp"
#include "sim/shrink/rehearsal.hpp"
#include "sim/shrink/simplify.hpp"

namespace confman::sim {
namespace {

using Places = std::vector<std::uint32_t>;

// How often the healed end of a run is drawn anew before it counts as not to be had.
constexpr std::uint64_t kEndings = 32;
// Ways that are gone at most, and how many times smaller a result is to be that ends the search.
constexpr std::uint64_t kWays = 12;
constexpr std::size_t kSatisfying = 20;
// That one classifier may have to be worth trying each.
constexpr std::size_t kMostClasses = 64;
// The time that a wait is shortened to.
constexpr SimTime kMoment = 1000;

// The step that sent the first of all requests for a vote, as far as one was delivered.
std::size_t first_candidacy(const Script& script) {
  constexpr std::uint8_t kVoteRequest = kind_of_body<consensus::VoteRequest>();
  std::size_t first = script.size();
  for (const Step& step : script) {
    if (step.event.kind == EventKind::Deliver && step.cause.kind == kVoteRequest) {
      first = std::min<std::size_t>(first, step.cause.step);
    }
  }
  return first;
}

class Shrinker {
 public:
  Shrinker(const Recording& recording, const std::function<bool()>& out_of_time)
      : original_(recording), out_of_time_(out_of_time) {
    now_.config = recording.config;
  }

  std::expected<Shrunk, std::string> run() {
    RunResult result;
    now_.script = script_of(original_, result);
    if (!original_.failure || !result.failure ||
        !same_failure(*result.failure, *original_.failure)) {
      return std::unexpected("the recording does not lead to its failure with this program");
    }
    if (!establish()) return unshrunk();
    begin_founded();
    cut_the_end();
    const Remainder start = now_;
    Remainder best;
    for (std::uint64_t way = 0; way < kWays && !out_of_time_(); ++way) {
      now_ = start;
      go(way);
      if (way == 0 || now_.size() < best.size()) best = now_;
      if (best.script.size() * kSatisfying <= original_.events.size()) break;
    }
    if (best.result.failure) now_ = best;
    shorten_waits();
    pass();
    return finish();
  }

 private:
  // Something that fails in the right way.
  struct Remainder {
    DerivedConfig config;
    Script script;
    RunResult result;                  // what performing it comes to
    std::vector<RecordedEvent> drawn;  // behind it; liveness only
    std::size_t size() const { return script.size() + drawn.size(); }
  };

  // --- tries
  bool fails(const RunResult& result) const {
    return result.failure && same_failure(*result.failure, *original_.failure);
  }
  bool establish();
  bool attempt(const Script& script, const DerivedConfig& config, const Places& places);
  bool attempt(const Places& places) { return attempt(now_.script, now_.config, places); }
  Places all_places() const;

  // --- what to try
  void go(std::uint64_t way);
  bool pass();  // whether it helped
  void cut_the_end();
  void cut_classes();
  void cut_pieces();
  void sweep(const Order& order, std::size_t size);
  void begin_founded();
  void fewer_nodes();
  void plainer_knobs();
  void simplify_operations();
  void shorten_waits();

  template <class T>
  std::vector<T> shuffled(std::span<const T> all);
  std::expected<Shrunk, std::string> finish() const;
  Shrunk unshrunk() const { return {original_, original_.events.size(), 0, tries_}; }

  const Recording& original_;
  const std::function<bool()>& out_of_time_;
  Remainder now_;
  std::optional<Ending> ending_;  // liveness only
  Places moved_;  // of the last success: the place that each place of then has now, or kGone
  Prng prng_{0, "shrink"};
  Understudy understudy_ = Understudy::Newest;
  std::uint64_t tries_ = 0;

  static constexpr std::uint32_t kGone = UINT32_MAX;
};

Places Shrinker::all_places() const {
  Places places(now_.script.size());
  std::iota(places.begin(), places.end(), 0U);
  return places;
}

bool Shrinker::attempt(const Script& script, const DerivedConfig& config, const Places& places) {
  if (out_of_time_()) return false;
  ++tries_;
  Rehearsal rehearsal(config, original_.seed, understudy_);
  RunResult result = rehearsal.perform(script, places, ending_);
  if (!fails(result)) return false;
  // Another ending may be longer with fewer steps; with as many it must not be.
  const std::size_t steps = rehearsal.done().size();
  const bool smaller =
      steps < now_.script.size() || steps + rehearsal.ending().size() <= now_.size();
  if (now_.result.failure && !smaller) return false;
  moved_.assign(script.size(), kGone);
  std::uint32_t next = 0;
  for (const std::uint32_t place : rehearsal.done()) moved_[place] = next++;
  now_ = {config, rehearsal.script_of(script), std::move(result), rehearsal.ending()};
  return true;
}

bool Shrinker::establish() {
  if (original_.failure->kind != FailureKind::Liveness) return attempt(all_places());
  const auto healed = std::find_if(now_.script.begin(), now_.script.end(), [](const Step& step) {
    return step.event.kind == EventKind::Heal;
  });
  now_.script.erase(healed, now_.script.end());
  for (std::uint64_t i = 0; i < 2 * kEndings; ++i) {
    ending_ = Ending{original_.seed + i / 2, i % 2 != 0};
    if (attempt(all_places())) return true;
  }
  return false;
}

// A run that is judged at its end goes on for long after what it is judged for.
void Shrinker::cut_the_end() {
  if (now_.script.empty() || now_.script.back().event.kind != EventKind::End) return;
  std::size_t enough = now_.script.size() - 1;
  for (std::size_t step = enough / 2; step > 0; step /= 2) {
    while (step < enough) {
      const std::size_t shorter = enough - step;
      Places places(shorter);
      std::iota(places.begin(), places.end(), 0U);
      places.push_back(static_cast<std::uint32_t>(now_.script.size() - 1));
      if (!attempt(places)) break;
      enough = now_.script.size() - 1;
    }
  }
}

// One removal decides what later ones can be: what got stuck on one way may go far on another.
void Shrinker::go(std::uint64_t way) {
  prng_ = Prng(way, "shrink");
  understudy_ = way % 2 == 0 ? Understudy::Newest : Understudy::Oldest;
  for (int in_vain = 0; in_vain < 2 && !out_of_time_();) {
    in_vain = pass() ? 0 : in_vain + 1;
    understudy_ = understudy_ == Understudy::Newest ? Understudy::Oldest : Understudy::Newest;
  }
}

bool Shrinker::pass() {
  const std::size_t before = now_.size();
  begin_founded();
  cut_classes();
  plainer_knobs();
  cut_pieces();
  fewer_nodes();
  simplify_operations();
  return now_.size() < before;
}

template <class T>
std::vector<T> Shrinker::shuffled(std::span<const T> all) {
  std::vector<T> list(all.begin(), all.end());
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[prng_.below(i)]);
  return list;
}

// Whole classes at once, the largest first.
void Shrinker::cut_classes() {
  for (const Classifier& classifier : shuffled(classifiers())) {
    const std::vector<std::uint64_t> classes = classes_by_size(now_.script, classifier);
    if (classes.size() > kMostClasses) continue;  // pieces are faster now; later there will be less
    for (const std::uint64_t doomed : classes) {
      Places places;
      for (std::uint32_t i = 0; i < now_.script.size(); ++i) {
        if (classifier(now_.script[i]) != doomed) places.push_back(i);
      }
      attempt(places);
    }
  }
}

// Ever smaller pieces of several orders.
void Shrinker::cut_pieces() {
  for (std::size_t size = now_.script.size() / 2; size > 0;
       size = std::min(size, now_.script.size()) / 2) {
    for (const Order& order : shuffled(orders())) sweep(order, size);
  }
}

void Shrinker::sweep(const Order& order, std::size_t size) {
  Places line = all_places();
  if (prng_.chance(1, 2)) std::reverse(line.begin(), line.end());
  order(now_.script, line);
  for (std::size_t at = 0; at < line.size() && !out_of_time_();) {
    const auto piece = std::span(line).subspan(at, std::min(size, line.size() - at));
    std::vector<bool> doomed(now_.script.size());
    for (const std::uint32_t place : piece) doomed[place] = true;
    Places places;
    for (std::uint32_t i = 0; i < now_.script.size(); ++i) {
      if (!doomed[i]) places.push_back(i);
    }
    if (!attempt(places)) {
      at += size;
      continue;
    }
    // Steps that went with the piece, before it in the line, make the line shorter there.
    Places rest;
    std::size_t next = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i == at) next = rest.size();
      if (moved_[line[i]] != kGone) rest.push_back(moved_[line[i]]);
    }
    at = next;
    line = std::move(rest);
  }
}

// The founding of the cluster needn't be told, unless the failure is about that. Time-outs are
// drawn otherwise then: with a wait before the first candidacy they have all run out by its tick.
void Shrinker::begin_founded() {
  if (now_.config.founded != 0) return;
  DerivedConfig config = now_.config;
  config.founded = 1;
  if (attempt(now_.script, config, all_places())) return;
  Script later = now_.script;
  for (std::size_t i = first_candidacy(later); i < later.size(); ++i) {
    later[i].event.at += 2 * config.election_max_us;
  }
  attempt(later, config, all_places());
}

// The last ones go: spares first, then founders.
void Shrinker::fewer_nodes() {
  const std::int64_t all = now_.config.nodes + now_.config.spares;
  for (std::int64_t size = 1; size < all; ++size) {
    DerivedConfig config = now_.config;
    config.nodes = std::min(size, now_.config.nodes);
    config.spares = size - config.nodes;
    Places places;
    for (std::uint32_t i = 0; i < now_.script.size(); ++i) {
      if (now_.script[i].event.node < size) places.push_back(i);
    }
    if (attempt(now_.script, config, places)) return;
  }
}

// Most of a healed cluster's time is spent by its knobs: large bounds, slow disks, clients. Without
// an ending they have had their say in the events already.
void Shrinker::plainer_knobs() {
  if (!ending_) return;
  for (const Knob& knob : knobs()) {
    if (knob.field == &DerivedConfig::founded) continue;  // it is plainer without
    DerivedConfig config = now_.config;
    config.*knob.field = DerivedConfig{}.*knob.field;
    settle(config);
    if (config != now_.config) attempt(now_.script, config, all_places());
  }
}

void Shrinker::simplify_operations() {
  for (const std::uint64_t logical : operations_of(now_.script)) {
    for (std::size_t field = 0; field < simple_fields(); ++field) {
      Script simpler = now_.script;
      if (simplify(simpler, logical, field)) attempt(simpler, now_.config, all_places());
    }
  }
}

// Groups events for the reader: what happens soon after each other is seen together.
void Shrinker::shorten_waits() {
  for (std::size_t i = 1; i < now_.script.size(); ++i) {
    const SimTime wait = now_.script[i].event.at - now_.script[i - 1].event.at;
    for (const SimTime shorter : {kMoment, wait / 2}) {
      if (shorter >= wait) continue;
      Script sooner = now_.script;
      for (std::size_t k = i; k < sooner.size(); ++k) sooner[k].event.at -= wait - shorter;
      if (attempt(sooner, now_.config, all_places())) break;
    }
  }
}

std::expected<Shrunk, std::string> Shrinker::finish() const {
  Shrunk shrunk{original_, original_.events.size(), now_.drawn.size(), tries_};
  Recording& recording = shrunk.recording;
  recording.build = build_id();
  recording.program = program_hash();
  recording.unknown_knobs.clear();
  recording.missing_knobs.clear();
  recording.config = now_.config;
  recording.failure = now_.result.failure;
  recording.hash = now_.result.hash;
  recording.events.clear();
  for (const Step& step : now_.script) recording.events.push_back({step.event, step.op});
  recording.events.insert(recording.events.end(), now_.drawn.begin(), now_.drawn.end());
  if (!reproduces(recording, replay(recording))) {
    return std::unexpected("what remains does not replay: the simulator isn't deterministic");
  }
  recording.sentences.push_back("Shrunk from " + std::to_string(original_.events.size()) +
                                " events.");
  return shrunk;
}

}  // namespace

std::expected<Shrunk, std::string> shrink(const Recording& recording,
                                          const std::function<bool()>& out_of_time) {
  return Shrinker(recording, out_of_time).run();
}

}  // namespace confman::sim
