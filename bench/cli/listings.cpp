#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "bench/cli/commands.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/heavy_load.hpp"
#include "bench/peers/cluster.hpp"
#include "bench/peers/confman_product.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

constexpr std::uint32_t kFillClients = 256;
// Of the other things that are listed: so many for each entry.
constexpr std::uint32_t kEntriesPerOther = 50;

struct Plan {
  Load load;
  std::uint32_t heavy = 0;
  std::vector<std::string> kinds;
  std::vector<std::string> programs;
  std::filesystem::path folder;
};

using Done = std::expected<void, std::string>;

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench listings: %s\n", what.c_str());
  return code;
}

double millis(std::uint64_t nanos) {
  return static_cast<double>(nanos) / kNanosPerMilli;
}

Plan read_plan(Options& options) {
  Plan plan;
  plan.load.keys = static_cast<std::uint32_t>(options.number("entries", 100'000, 100, kMaxKeys));
  plan.load.clients = static_cast<std::uint32_t>(options.number("writers", 16, 1, kMaxClients));
  plan.load.rate = options.number("rate", 0, 0, 1'000'000);
  const auto nanos = [](std::uint64_t s) { return static_cast<std::int64_t>(s) * kNanosPerSecond; };
  plan.load.measure_ns = nanos(options.number("seconds", 10, 1, 3600));
  plan.load.warmup_ns = nanos(options.number("warmup", 1, 0, 3600));
  plan.heavy = static_cast<std::uint32_t>(options.number("clients", 64, 1, 1000));
  std::string all;
  for (const std::string& kind : heavy_kinds()) all += (all.empty() ? "" : ",") + kind;
  plan.kinds = split(options.text("kinds", all), ',');
  plan.programs = split(options.text("programs", ""), ',');
  std::error_code ignored;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  plan.folder = options.text("dir", (here / "bench-data").string());
  return plan;
}

Done fill(const Plan& plan, Cluster& cluster) {
  Load load = plan.load;
  load.clients = kFillClients;
  load.rate = 0;
  load.fill = true;
  const auto filled = generate(load, cluster.target());
  if (!filled) return std::unexpected(filled.error());
  std::printf("  fill: %s\n", one_line(load, *filled).c_str());
  if (filled->failed + filled->lost + filled->unanswered > 0) {
    return std::unexpected("not every entry could be written: " + filled->first_failure);
  }
  const std::uint32_t others = std::max<std::uint32_t>(plan.load.keys / kEntriesPerOther, 100);
  return fill_for_heavy_load(cluster.target().endpoints.front(), others);
}

struct Measured {
  Measurement writes;
  StatusWatch::Seen seen;
  double load_average = 0;  // of the whole machine, at the end
};

std::expected<Measured, std::string> measure(const Plan& plan, Cluster& cluster) {
  StatusWatch status(cluster.endpoints());
  auto writes = generate(plan.load, cluster.target());
  if (!writes) return std::unexpected(writes.error());
  Measured measured{std::move(*writes), status.stop(), 0};
  ::getloadavg(&measured.load_average, 1);
  const Histogram latency = measured.writes.all_latencies();
  std::printf(
      "    %s/s, p50 %.2f p99 %.2f max %.2f ms; %llu failed; longest turn %.2f ms (%.2f "
      "of processor time); terms begun %llu; load of the machine %.1f\n",
      thousands(measured.writes.per_second()).c_str(), millis(latency.value_at(0.5)),
      millis(latency.value_at(0.99)), millis(latency.max()),
      static_cast<unsigned long long>(measured.writes.failed + measured.writes.lost +
                                      measured.writes.unanswered),
      measured.seen.longest_turn_ms, measured.seen.longest_turn_cpu_ms,
      static_cast<unsigned long long>(measured.seen.terms), measured.load_average);
  std::fflush(stdout);
  return measured;
}

void print(const std::map<std::string, HeavyResult>& results) {
  for (const auto& [kind, result] : results) {
    std::printf("    %-11s %6llu pages, p50 %8.2f p99 %8.2f max %8.2f ms; %llu walks, %llu items",
                kind.c_str(), static_cast<unsigned long long>(result.page.count()),
                millis(result.page.value_at(0.5)), millis(result.page.value_at(0.99)),
                millis(result.page.max()), static_cast<unsigned long long>(result.walks),
                static_cast<unsigned long long>(result.items));
    if (result.failed > 0) {
      std::printf("; %llu FAILED: %.120s", static_cast<unsigned long long>(result.failed),
                  result.first_failure.c_str());
    }
    std::printf("\n");
  }
}

Done measure_program(const Plan& plan, const std::string& program) {
  const ConfmanProduct product(program);
  std::printf("%s\n", product.program().c_str());
  auto started = Cluster::start(product, plan.folder);
  if (!started) return std::unexpected(started.error());
  Cluster& cluster = **started;
  if (auto filled = fill(plan, cluster); !filled) return filled;
  std::printf("  writes alone\n");
  const auto alone = measure(plan, cluster);
  if (!alone) return std::unexpected(alone.error());
  std::printf("  writes beside %u heavy requests at a time\n", plan.heavy);
  HeavyLoad heavy(cluster.target().endpoints.front(), plan.kinds, plan.heavy);
  const auto beside = measure(plan, cluster);
  print(heavy.stop());
  if (!beside) return std::unexpected(beside.error());
  const auto p99 = [](const Measured& m) {
    return static_cast<double>(m.writes.all_latencies().value_at(0.99));
  };
  std::printf("  p99 of writes beside ÷ alone: %.2f; longest turn %.2f ms; leader changes: %llu\n",
              p99(*beside) / std::max(p99(*alone), 1.0), beside->seen.longest_turn_ms,
              static_cast<unsigned long long>(beside->seen.terms));
  std::fflush(stdout);
  return {};
}

}  // namespace

int listings_command(const std::vector<std::string>& arguments) {
  auto options = Options::parse(arguments, {"entries", "clients", "writers", "rate", "seconds",
                                            "warmup", "kinds", "programs", "dir"});
  if (!options) return fail(options.error(), 2);
  const Plan plan = read_plan(*options);
  if (!options->fault().empty()) return fail(options->fault(), 2);
  const auto known = heavy_kinds();
  for (const std::string& kind : plan.kinds) {
    if (std::ranges::find(known, kind) == known.end()) return fail("there is no kind " + kind, 2);
  }
  for (const std::string& program : plan.programs) {
    if (auto done = measure_program(plan, program); !done) return fail(done.error(), 1);
  }
  return 0;
}

}  // namespace confman::bench
