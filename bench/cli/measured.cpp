#include "bench/cli/measured.hpp"

#include <algorithm>
#include <cstdio>

#include "bench/load/clock.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

double millis(std::uint64_t nanos) {
  return static_cast<double>(nanos) / kNanosPerMilli;
}

}  // namespace

Measured measure(Cluster& cluster, const std::function<WorkDone()>& work) {
  const double before = cluster.cpu_us();
  WorkDone done = work();
  const double spent = cluster.cpu_us() - before;
  const double each = spent / std::max(static_cast<double>(done.at_any_time), 1.0);
  return {std::move(done), each};
}

void print(const char* name, const Measured& measured) {
  const WorkDone& work = measured.work;
  std::printf("  %-10s %8s/s, p50 %.2f p99 %.2f max %.2f ms; %.0f µs of the nodes' time each", name,
              thousands(work.per_second()).c_str(), millis(work.latency.value_at(0.5)),
              millis(work.latency.value_at(0.99)), millis(work.latency.max()), measured.cpu_us);
  if (work.failed > 0) {
    std::printf("; %llu FAILED: %.160s", static_cast<unsigned long long>(work.failed),
                work.first_failure.c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace confman::bench
