#include <cstdio>
#include <filesystem>

#include "bench/cli/commands.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/governed_load.hpp"
#include "bench/peers/cluster.hpp"
#include "bench/peers/confman_product.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench publishes: %s\n", what.c_str());
  return code;
}

double millis(std::uint64_t nanos) {
  return static_cast<double>(nanos) / kNanosPerMilli;
}

struct Measured {
  WorkDone work;
  double cpu_us = 0;  // of all nodes together, for each that was done, those of the warm-up too
};

Measured measure(Work work, const WorkPlan& plan, Cluster& cluster, const Reviewers& reviewers) {
  const double before = cluster.cpu_us();
  WorkDone done = do_work(work, plan, cluster.target().endpoints, reviewers);
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

}  // namespace

int publishes_command(const std::vector<std::string>& arguments) {
  auto options = Options::parse(
      arguments, {"clients", "value-size", "seconds", "warmup", "rounds", "program", "dir"});
  if (!options) return fail(options.error(), 2);
  const auto nanos = [](std::uint64_t s) { return static_cast<std::int64_t>(s) * kNanosPerSecond; };
  WorkPlan plan;
  plan.clients = static_cast<std::uint32_t>(options->number("clients", 64, 1, 1000));
  plan.value_size = options->number("value-size", 256, 16, kMaxValueSize);
  plan.measure_ns = nanos(options->number("seconds", 5, 1, 3600));
  plan.warmup_ns = nanos(options->number("warmup", 1, 0, 3600));
  const std::uint64_t rounds = options->number("rounds", 3, 1, 100);
  std::error_code ignored;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::filesystem::path folder = options->text("dir", (here / "bench-data").string());
  if (!options->fault().empty()) return fail(options->fault(), 2);

  const ConfmanProduct product(options->text("program", ""));
  auto cluster = Cluster::start(product, folder);
  if (!cluster) return fail(cluster.error(), 1);
  const auto reviewers = prepare_reviews((*cluster)->target().endpoints.front());
  if (!reviewers) return fail(reviewers.error(), 1);
  bool complete = true;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const Measured writes = measure(Work::Write, plan, **cluster, *reviewers);
    print("writes", writes);
    const Measured publishes = measure(Work::Publish, plan, **cluster, *reviewers);
    print("publishes", publishes);
    std::printf("  publishes ÷ writes: %.3f; by the nodes' time: %.3f\n",
                publishes.work.per_second() / std::max(writes.work.per_second(), 1.0),
                writes.cpu_us / std::max(publishes.cpu_us, 1.0));
    complete = complete && writes.work.failed == 0 && publishes.work.failed == 0;
  }
  return complete ? 0 : 1;
}

}  // namespace confman::bench
