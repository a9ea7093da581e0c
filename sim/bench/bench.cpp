#include "sim/bench/bench.hpp"

#include <cstdio>

#include "domain/base/assert.hpp"
#include "sim/run/run.hpp"

namespace confman::sim {
namespace {

constexpr std::int64_t kMillisecond = 1000;
constexpr std::int64_t kSecond = 1'000'000;

// Five nodes that have nothing to do but to keep their leader.
DerivedConfig light(std::uint64_t) {
  DerivedConfig c;
  c.nodes = 5;
  c.clients = 2;
  c.watchers = 0;
  c.think_mean_us = 185 * kMillisecond;
  c.chaos_us = 600 * kSecond;
  settle(c);
  return c;
}

// Every kind of fault at once, under load.
DerivedConfig chaos(std::uint64_t seed) {
  DerivedConfig c = derive(seed, Profile::Chaos);
  c.nodes = 5;
  c.heartbeat_us = 50 * kMillisecond;
  c.election_min_us = 300 * kMillisecond;
  c.election_max_us = 600 * kMillisecond;
  c.clients = 9;
  c.think_mean_us = 30 * kMillisecond;
  c.chaos_us = 60 * kSecond;
  settle(c);
  return c;
}

// The mix that a campaign runs, with five nodes and 60 s.
DerivedConfig swarm(std::uint64_t seed) {
  DerivedConfig c = derive(seed, Profile::Default);
  c.nodes = 5;
  c.chaos_us = 55 * kSecond;  // and some five more to heal
  settle(c);
  return c;
}

}  // namespace

const std::vector<Mix>& mixes() {
  static const std::vector<Mix> kMixes = {
      {"light", "five nodes, heartbeats every 50 ms, no faults, 10 operations/s", light},
      {"chaos", "five nodes, heartbeats every 50 ms, all faults, 100 operations/s", chaos},
      {"seeds", "five nodes, default profile, 60 simulated seconds with healing and judging",
       swarm},
  };
  return kMixes;
}

Measured measure(const Mix& mix, double seconds, const std::function<double()>& clock) {
  Measured measured;
  const double begin = clock();
  do {
    const std::uint64_t seed = ++measured.runs;
    const RunResult result = run_config(seed, Profile::Default, mix.config(seed));
    CONFMAN_ASSERT(!result.failure, "What speed is measured by passes.");
    measured.events += result.events;
    measured.operations += result.operations;
    measured.simulated_seconds += static_cast<double>(result.simulated_us) / 1e6;
    measured.seconds = clock() - begin;
  } while (measured.seconds < seconds);
  return measured;
}

std::vector<Row> bench(double seconds_each, const std::function<double()>& clock) {
  std::vector<Measured> all;
  for (const Mix& mix : mixes()) all.push_back(measure(mix, seconds_each, clock));
  const auto told = [&](std::size_t i) {
    char text[200];
    std::snprintf(text, sizeof text, "%s: %.1f operations/s, %.0f simulated seconds a run",
                  mixes()[i].description.c_str(), all[i].operations_per_simulated_second(),
                  all[i].simulated_seconds / static_cast<double>(all[i].runs));
    return std::string(text);
  };
  return {
      {"events, light", told(0), all[0].events_per_second(), 600'000, "1/s"},
      {"events, chaos", told(1), all[1].events_per_second(), 600'000, "1/s"},
      {"simulated time, light", told(0), all[0].times_real_time(), 1000, "x real time"},
      {"simulated time, chaos", told(1), all[1].times_real_time(), 330, "x real time"},
      {"complete seeds", told(2), all[2].runs_per_hour(), 20'000, "1/h"},
  };
}

}  // namespace confman::sim
