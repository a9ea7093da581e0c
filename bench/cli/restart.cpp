#include "bench/peers/restart.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <unistd.h>

#include "bench/cli/commands.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/interrupt.hpp"
#include "bench/peers/cluster.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kClients = 256;
// Writes are counted in rounds of this long.
constexpr std::int64_t kRound = 5 * kNanosPerSecond;
constexpr useconds_t kPauseStepUs = 50'000;

struct Plan {
  std::string baseline;
  std::uint64_t trials = 5;
  std::uint64_t writes = 450'000;
  std::int64_t load_ns = 0;
  std::int64_t pause_ns = 0;  // between the last write and the kill
  Load load;
  fs::path data;
};

Plan read_plan(Options& options) {
  Plan plan;
  plan.baseline = options.text("baseline", "");
  plan.trials = options.number("trials", 5, 1, 1000);
  plan.writes = options.number("writes", 450'000, 0, 100'000'000);
  plan.load_ns =
      static_cast<std::int64_t>(options.number("load-seconds", 2, 0, 3600)) * kNanosPerSecond;
  plan.pause_ns = static_cast<std::int64_t>(options.number("pause", 0, 0, 3600)) * kNanosPerSecond;
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

// A build, on data of its own: an older one may not read what a newer one has touched.
struct Contender {
  std::string name;
  std::string program;
  LoneNode node;
  std::vector<double> ms{};
  std::vector<double> cpu_ms{};
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// A kill in the midst of writes, or some time behind them, and a start. Nothing else runs beside
// it.
Done measure(const Plan& plan, std::uint64_t trial, Contender& contender) {
  LoneNode& node = contender.node;
  if (auto started = node.start(contender.program); !started) {
    return std::unexpected(started.error());
  }
  if (plan.load_ns > 0) {
    Load load = plan.load;
    load.measure_ns = plan.load_ns;
    load.seed = 1000 + trial;
    if (auto loaded = generate(load, node.target()); !loaded) {
      return std::unexpected(loaded.error());
    }
  }
  for (const std::int64_t until = monotonic_ns() + plan.pause_ns;
       monotonic_ns() < until && !interrupted();) {
    ::usleep(kPauseStepUs);
  }
  node.kill();
  const auto took = node.start(contender.program);
  if (!took) return std::unexpected(took.error());
  contender.ms.push_back(*took);
  contender.cpu_ms.push_back(node.cpu_ms());
  node.kill();
  std::printf("%-8s %9s ms until it serves, %9s ms of processor time\n", contender.name.c_str(),
              fixed(*took, 0).c_str(), fixed(contender.cpu_ms.back(), 0).c_str());
  return {};
}

std::expected<Contender, std::string> contender(const Plan& plan, const std::string& name,
                                                const std::string& program,
                                                const fs::path& folder) {
  std::error_code error;
  const fs::path own = folder / name;
  fs::remove_all(own, error);
  fs::create_directories(own, error);
  fs::copy(folder / "data", own / "data", fs::copy_options::recursive, error);
  if (error) return std::unexpected(own.string() + ": " + error.message());
  auto node = LoneNode::in(own, plan.load.value_size);
  if (!node) return std::unexpected(node.error());
  return Contender{name, program, std::move(*node)};
}

void print_summary(const std::vector<Contender>& all) {
  for (const Contender& one : all) {
    std::printf("%-8s median %s ms, worst %s ms, %s ms of processor time\n", one.name.c_str(),
                fixed(median(one.ms), 0).c_str(),
                fixed(*std::ranges::max_element(one.ms), 0).c_str(),
                fixed(median(one.cpu_ms), 0).c_str());
  }
  if (all.size() > 1) {
    std::printf("ratio    %s\n", fixed(median(all[1].ms) / median(all[0].ms), 1).c_str());
  }
}

// Filled by the baseline if there is one: the other can read what that wrote.
Done run(const Plan& plan, const fs::path& folder, bool is_filled) {
  if (!is_filled) {
    auto node = LoneNode::in(folder, plan.load.value_size);
    if (!node) return std::unexpected(node.error());
    if (auto started = node->start(plan.baseline); !started) {
      return std::unexpected(started.error());
    }
    if (auto filled = fill(plan, *node); !filled) return filled;
    node->kill();
  }
  std::vector<std::pair<std::string, std::string>> builds{{"this", ""}};
  if (!plan.baseline.empty()) builds.emplace_back("baseline", plan.baseline);
  std::vector<Contender> all;
  for (const auto& [name, program] : builds) {
    auto one = contender(plan, name, program, folder);
    if (!one) return std::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  for (std::uint64_t trial = 0; trial < plan.trials; ++trial) {
    for (Contender& one : all) {
      if (auto measured = measure(plan, trial, one); !measured) return measured;
    }
  }
  print_summary(all);
  return {};
}

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench restart: %s\n", what.c_str());
  return code;
}

}  // namespace

int restart_command(const std::vector<std::string>& arguments) {
  auto options = Options::parse(arguments, {"baseline", "trials", "keys", "writes", "load-seconds",
                                            "pause", "value-size", "seed", "data"});
  if (!options) return fail(options.error(), 2);
  const Plan plan = read_plan(*options);
  if (!options->fault().empty()) return fail(options->fault(), 2);
  std::error_code error;
  std::optional<ScratchFolder> scratch;
  fs::path folder = plan.data;
  if (folder.empty()) {
    const auto here = fs::read_symlink("/proc/self/exe", error).parent_path();
    auto made = ScratchFolder::make(here / "bench-data");
    if (!made) return fail(made.error(), 1);
    scratch.emplace(std::move(*made));
    folder = scratch->path();
  }
  const bool is_filled = fs::exists(folder / "data", error);
  fs::create_directories(folder, error);
  const auto done = run(plan, fs::absolute(folder), is_filled);
  return done ? 0 : fail(done.error(), 1);
}

}  // namespace confman::bench
