#include "tests/chaos/schedule.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "sim/seed/prng.hpp"

namespace confman::chaos {
namespace {

constexpr std::int64_t kFirstMs = 2'000;  // of load without trouble
// Of the chaos's end, for what was struck last to heal within.
constexpr std::int64_t kLastMs = 2'000;

bool goes_with(const FaultKind& kind, const std::vector<const FaultKind*>& others) {
  const auto local = [](const FaultKind& k) { return k.group != FaultClass::Network; };
  return std::ranges::all_of(others, [&](const FaultKind* other) {
    const bool alone = kind.company == Company::Exclusive || other->company == Company::Exclusive;
    const bool both_local = local(kind) && local(*other);
    return &kind != other && kind.group != other->group && !(alone && both_local);
  });
}

class Drawing {
 public:
  explicit Drawing(const ScheduleOptions& options)
      : options_(options), prng_(options.seed, "schedule") {}

  std::vector<Planned> run() {
    std::int64_t at = kFirstMs;
    while (at < options_.length_ms - kLastMs) {
      const std::int64_t period = prng_.between(3'000, 9'000);
      if (!prng_.chance(1, 4)) fill(at, std::min(period, options_.length_ms - kLastMs - at));
      at += period;
    }
    std::ranges::stable_sort(plan_, {}, &Planned::at_ms);
    return std::move(plan_);
  }

 private:
  void fill(std::int64_t from, std::int64_t length) {
    std::vector<const FaultKind*> chosen;
    const std::size_t count = prng_.one_of<std::size_t>({1, 1, 2, 2, 3});
    while (chosen.size() < count) {
      const FaultKind* kind = draw(chosen);
      if (kind == nullptr) break;
      chosen.push_back(kind);
      ++times_[kind];
      const std::int64_t lasts =
          std::min(prng_.between(kind->shortest_ms, kind->longest_ms), length * 3 / 4);
      plan_.push_back({from + prng_.between(0, length - lasts), lasts, kind, prng_.next()});
    }
  }

  const FaultKind* draw(const std::vector<const FaultKind*>& chosen) {
    std::vector<std::int64_t> weights;
    std::int64_t sum = 0;
    for (const FaultKind* kind : options_.kinds) {
      const bool fits = goes_with(*kind, chosen);
      weights.push_back(fits ? kind->weight * 100 / (1 + 3 * times_[kind]) : 0);
      sum += weights.back();
    }
    return sum == 0 ? nullptr : options_.kinds[prng_.weighted(weights)];
  }

  const ScheduleOptions& options_;
  sim::Prng prng_;
  std::map<const FaultKind*, std::int64_t> times_;
  std::vector<Planned> plan_;
};

}  // namespace

std::vector<Planned> make_schedule(const ScheduleOptions& options) {
  return Drawing(options).run();
}

std::string text_of(const Planned& planned) {
  char text[128];
  std::snprintf(text, sizeof text, "%8.1f s  %5.1f s  %.*s",
                static_cast<double>(planned.at_ms) / 1000,
                static_cast<double>(planned.lasts_ms) / 1000,
                static_cast<int>(planned.kind->name.size()), planned.kind->name.data());
  return text;
}

}  // namespace confman::chaos
