#include <cstdio>
#include <filesystem>

#include "bench/cli/commands.hpp"
#include "bench/cli/measured.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/governed_load.hpp"
#include "bench/peers/confman_product.hpp"

namespace confman::bench {
namespace {

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench publishes: %s\n", what.c_str());
  return code;
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
  const auto measured = [&](Work work) {
    return measure(**cluster,
                   [&] { return do_work(work, plan, (*cluster)->target().endpoints, *reviewers); });
  };
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const Measured writes = measured(Work::Write);
    print("writes", writes);
    const Measured publishes = measured(Work::Publish);
    print("publishes", publishes);
    std::printf("  publishes ÷ writes: %.3f; by the nodes' time: %.3f\n",
                publishes.work.per_second() / std::max(writes.work.per_second(), 1.0),
                writes.cpu_us / std::max(publishes.cpu_us, 1.0));
    complete = complete && writes.work.failed == 0 && publishes.work.failed == 0;
  }
  return complete ? 0 : 1;
}

}  // namespace confman::bench
