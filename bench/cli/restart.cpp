#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "bench/cli/commands.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/interrupt.hpp"
#include "bench/peers/cluster.hpp"
#include "bench/peers/restart.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

constexpr std::uint32_t kClients = 256;
// Writes are counted in rounds of this long.
constexpr std::int64_t kRound = 5 * kNanosPerSecond;

struct Plan {
  std::string baseline;
  std::uint64_t trials = 5;
  std::uint64_t writes = 450'000;
  std::int64_t load_ns = 0;
  Load load;
  std::filesystem::path data;
};

Plan read_plan(Options& options) {
  Plan plan;
  plan.baseline = options.text("baseline", "");
  plan.trials = options.number("trials", 5, 1, 1000);
  plan.writes = options.number("writes", 450'000, 0, 100'000'000);
  plan.load_ns =
      static_cast<std::int64_t>(options.number("load-seconds", 2, 0, 3600)) * kNanosPerSecond;
  plan.load.clients = kClients;
  plan.load.keys = static_cast<std::uint32_t>(options.number("keys", 1'000'000, 1, kMaxKeys));
  plan.load.value_size = options.number("value-size", 100, 0, kMaxValueSize);
  plan.load.seed = options.number("seed", 1, 0, UINT64_MAX);
  plan.load.warmup_ns = 0;
  plan.data = options.text("data", "");
  return plan;
}

using Done = std::expected<void, std::string>;

// Each key once, and so many versions more.
Done fill(const Plan& plan, const LoneNode& node) {
  Load load = plan.load;
  load.fill = true;
  auto written = generate(load, node.target());
  if (!written) return std::unexpected(written.error());
  std::fprintf(stderr, "fill: %s\n", one_line(load, *written).c_str());
  load.fill = false;
  load.measure_ns = kRound;
  for (std::uint64_t more = 0; more < plan.writes && !interrupted();) {
    written = generate(load, node.target());
    if (!written) return std::unexpected(written.error());
    if (written->succeeded == 0) return std::unexpected(written->first_failure);
    more += written->succeeded;
    ++load.seed;
    std::fprintf(stderr, "\rwrites: %s of %s", thousands(static_cast<double>(more)).c_str(),
                 thousands(static_cast<double>(plan.writes)).c_str());
  }
  std::fprintf(stderr, "\n");
  return {};
}

struct Times {
  std::string name;
  std::string program;
  std::vector<double> ms;
  std::vector<double> cpu_ms;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// A kill in the midst of writes, by whichever program ran last, and a start.
Done measure(const Plan& plan, LoneNode& node, std::uint64_t trial, Times& times) {
  if (plan.load_ns > 0) {
    Load load = plan.load;
    load.measure_ns = plan.load_ns;
    load.seed = 1000 + trial;
    if (auto loaded = generate(load, node.target()); !loaded) {
      return std::unexpected(loaded.error());
    }
  }
  node.kill();
  const auto took = node.start(times.program);
  if (!took) return std::unexpected(took.error());
  times.ms.push_back(*took);
  times.cpu_ms.push_back(node.cpu_ms());
  std::printf("%-8s %9s ms until it serves, %9s ms of processor time\n", times.name.c_str(),
              fixed(*took, 0).c_str(), fixed(times.cpu_ms.back(), 0).c_str());
  return {};
}

Done run(const Plan& plan, const std::filesystem::path& folder, bool is_filled) {
  auto node = LoneNode::in(folder);
  if (!node) return std::unexpected(node.error());
  if (auto started = node->start(""); !started) return std::unexpected(started.error());
  if (!is_filled) {
    if (auto filled = fill(plan, *node); !filled) return filled;
  }
  std::vector<Times> all{{"this", "", {}, {}}};
  if (!plan.baseline.empty()) all.push_back({"baseline", plan.baseline, {}, {}});
  for (std::uint64_t trial = 0; trial < plan.trials; ++trial) {
    for (Times& times : all) {
      if (auto measured = measure(plan, *node, trial, times); !measured) return measured;
    }
  }
  for (const Times& times : all) {
    std::printf("%-8s median %s ms, worst %s ms, %s ms of processor time\n", times.name.c_str(),
                fixed(median(times.ms), 0).c_str(),
                fixed(*std::ranges::max_element(times.ms), 0).c_str(),
                fixed(median(times.cpu_ms), 0).c_str());
  }
  if (all.size() > 1) {
    std::printf("ratio    %s\n", fixed(median(all[1].ms) / median(all[0].ms), 1).c_str());
  }
  return {};
}

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench restart: %s\n", what.c_str());
  return code;
}

}  // namespace

int restart_command(const std::vector<std::string>& arguments) {
  auto options = Options::parse(arguments, {"baseline", "trials", "keys", "writes", "load-seconds",
                                            "value-size", "seed", "data"});
  if (!options) return fail(options.error(), 2);
  const Plan plan = read_plan(*options);
  if (!options->fault().empty()) return fail(options->fault(), 2);
  std::error_code error;
  std::optional<ScratchFolder> scratch;
  std::filesystem::path folder = plan.data;
  if (folder.empty()) {
    const auto here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    auto made = ScratchFolder::make(here / "bench-data");
    if (!made) return fail(made.error(), 1);
    scratch.emplace(std::move(*made));
    folder = scratch->path();
  }
  const bool is_filled = std::filesystem::exists(folder / "data", error);
  std::filesystem::create_directories(folder, error);
  const auto done = run(plan, std::filesystem::absolute(folder), is_filled);
  return done ? 0 : fail(done.error(), 1);
}

}  // namespace confman::bench
