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

void print(const char* name, const WorkDone& work) {
  std::printf("  %-10s %8s/s, p50 %.2f p99 %.2f max %.2f ms", name,
              thousands(work.per_second()).c_str(), millis(work.latency.value_at(0.5)),
              millis(work.latency.value_at(0.99)), millis(work.latency.max()));
  if (work.failed > 0) {
    std::printf("; %llu FAILED: %.160s", static_cast<unsigned long long>(work.failed),
                work.first_failure.c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int publishes_command(const std::vector<std::string>& arguments) {
  auto options =
      Options::parse(arguments, {"clients", "value-size", "seconds", "warmup", "rounds", "dir"});
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

  const ConfmanProduct product;
  auto cluster = Cluster::start(product, folder);
  if (!cluster) return fail(cluster.error(), 1);
  const Target target = (*cluster)->target();
  const auto reviewers = prepare_reviews(target.endpoints.front());
  if (!reviewers) return fail(reviewers.error(), 1);
  bool complete = true;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const WorkDone writes = do_work(Work::Write, plan, target.endpoints, *reviewers);
    print("writes", writes);
    const WorkDone publishes = do_work(Work::Publish, plan, target.endpoints, *reviewers);
    print("publishes", publishes);
    std::printf("  publishes ÷ writes: %.3f\n",
                publishes.per_second() / std::max(writes.per_second(), 1.0));
    complete = complete && writes.failed == 0 && publishes.failed == 0;
  }
  return complete ? 0 : 1;
}

}  // namespace confman::bench
