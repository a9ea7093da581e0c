#include "bench/load/client_threads.hpp"

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/load/clock.hpp"
#include "bench/load/workload.hpp"

namespace confman::bench {
namespace {

constexpr std::chrono::milliseconds kAfterFailure{50};

// What one client has done from `from` until `until`.
void run(const Once& once, std::int64_t from, std::int64_t until, WorkDone& result) {
  for (std::int64_t began = monotonic_ns(); began < until; began = monotonic_ns()) {
    const std::string fault = once();
    const std::int64_t ended = monotonic_ns();
    if (!fault.empty()) {
      if (++result.failed == 1) result.first_failure = fault;
      std::this_thread::sleep_for(kAfterFailure);
      continue;
    }
    ++result.at_any_time;
    if (ended < from || ended >= until) continue;
    ++result.done;
    result.latency.record(static_cast<std::uint64_t>(ended - began));
  }
}

}  // namespace

WorkDone run_clients(const WorkPlan& plan, const std::function<Once(std::uint32_t)>& client) {
  std::vector<WorkDone> results(plan.clients);
  const std::int64_t from = monotonic_ns() + plan.warmup_ns;
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < plan.clients; ++i) {
      threads.emplace_back([&, i] { run(client(i), from, from + plan.measure_ns, results[i]); });
    }
  }
  WorkDone all;
  all.seconds = static_cast<double>(plan.measure_ns) / static_cast<double>(kNanosPerSecond);
  for (const WorkDone& result : results) {
    all.done += result.done;
    all.at_any_time += result.at_any_time;
    all.failed += result.failed;
    all.latency.merge(result.latency);
    if (all.first_failure.empty()) all.first_failure = result.first_failure;
  }
  return all;
}

std::string run_each(std::uint32_t count, std::uint32_t threads,
                     const std::function<std::function<std::string(std::uint32_t)>()>& client) {
  std::atomic<std::uint32_t> next = 0;
  std::mutex mutex;
  std::string first_fault;
  std::vector<std::jthread> running;
  for (std::uint32_t i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      const auto one = client();
      for (std::uint32_t number = next++; number < count; number = next++) {
        const std::string fault = one(number);
        if (fault.empty()) continue;
        const std::lock_guard lock(mutex);
        if (first_fault.empty()) first_fault = fault;
        next = count;
      }
    });
  }
  running.clear();  // joins
  return first_fault;
}

}  // namespace confman::bench
