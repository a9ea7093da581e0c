#include <cstdio>
#include <filesystem>
#include <unistd.h>

#include "bench/cli/commands.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/interrupt.hpp"
#include "bench/peers/cluster.hpp"
#include "bench/peers/failover.hpp"
#include "bench/report/comparison.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

struct Plan {
  std::vector<std::uint64_t> clients;
  Load load;  // all but clients and mix
  std::uint32_t connections = 0;
  std::uint64_t rounds = 2;
  std::uint64_t trials = 8;
  std::filesystem::path folder;
};

constexpr std::uint32_t kFillClients = 256;
constexpr int kFillAttempts = 3;

Plan read_plan(Options& options) {
  Plan plan;
  plan.clients = options.numbers("clients", "1,64,256", 1, kMaxClients);
  const auto nanos = [](std::uint64_t s) { return static_cast<std::int64_t>(s) * kNanosPerSecond; };
  plan.load.measure_ns = nanos(options.number("seconds", 5, 1, 3600));
  plan.load.warmup_ns = nanos(options.number("warmup", 1, 0, 3600));
  plan.load.keys = static_cast<std::uint32_t>(options.number("keys", 100'000, 1, kMaxKeys));
  plan.load.value_size = options.number("value-size", 256, 0, kMaxValueSize);
  plan.load.seed = options.number("seed", 1, 0, UINT64_MAX);
  plan.connections = static_cast<std::uint32_t>(options.number("connections", 0, 0, kMaxClients));
  plan.rounds = options.number("rounds", 2, 1, 100);
  plan.trials = options.number("trials", 8, 0, 1000);
  std::error_code ignored;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  plan.folder = options.text("dir", (here / "bench-data").string());
  return plan;
}

std::string settings_line(const Plan& plan) {
  const auto seconds = [](std::int64_t nanos) { return std::to_string(nanos / kNanosPerSecond); };
  return std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)) +
         " processors shared by three nodes and the generator, " + thousands(plan.load.keys) +
         " keys, values of " + std::to_string(plan.load.value_size) + " bytes, " +
         seconds(plan.load.measure_ns) + " s after " + seconds(plan.load.warmup_ns) +
         " s of warm-up, median of " + std::to_string(plan.rounds) + " rounds, fsync on";
}

using Done = std::expected<void, std::string>;

// Writing every key once more does no harm, so a leader change meanwhile needn't end the
// comparison.
Done fill(const Plan& plan, const Target& target) {
  Load load = plan.load;
  load.clients = kFillClients;
  load.fill = true;
  std::string why;
  for (int attempt = 0; attempt < kFillAttempts; ++attempt) {
    const auto filled = generate(load, target);
    if (!filled) {
      return std::unexpected(filled.error());
    }
    std::fprintf(stderr, "  %s\n", one_line(load, *filled).c_str());
    if (filled->failed + filled->lost + filled->unanswered == 0) {
      return {};
    }
    why = filled->first_failure;
  }
  return std::unexpected("not every key could be written: " + why);
}

Done measure_cell(const Plan& plan, std::uint64_t round, Cluster& cluster, Cell& cell) {
  Load load = plan.load;
  load.seed += round;
  load.clients = cell.clients;
  load.mix = Mix::only(cell.operation);
  Target target = cluster.target();
  target.connections = plan.connections;
  const double cpu_before = cluster.cpu_us();
  auto measured = generate(load, target);
  if (!measured) {
    return std::unexpected(measured.error());
  }
  const double cpu = cluster.cpu_us() - cpu_before;
  cell.server_cpu_us.push_back(
      measured->succeeded == 0 ? 0 : cpu / static_cast<double>(measured->succeeded));
  std::fprintf(stderr, "  %s\n", one_line(load, *measured).c_str());
  cell.rounds.push_back(std::move(*measured));
  return {};
}

Done measure_failovers(const Plan& plan, std::uint64_t round, Cluster& cluster, TargetKind kind,
                       ProductResult& result) {
  Prng random(plan.load.seed + round);
  // The trials are dealt out over the rounds.
  const std::uint64_t trials =
      plan.trials * (round + 1) / plan.rounds - plan.trials * round / plan.rounds;
  for (std::uint64_t i = 0; i < trials; ++i) {
    const auto millis = measure_failover(cluster, kind, random);
    if (!millis) {
      return std::unexpected(millis.error());
    }
    if (*millis) {
      result.failover_ms.push_back(**millis);
      std::fprintf(stderr, "  leader killed, next write after %.0f ms\n", **millis);
    } else {
      ++result.failovers_without_write;
      std::fprintf(stderr, "  leader killed, NO WRITE in time\n");
    }
  }
  return {};
}

Done measure_round(const Plan& plan, std::uint64_t round, const Product& product,
                   ProductResult& result) {
  std::fprintf(stderr, "%s, round %llu\n", result.name.c_str(),
               static_cast<unsigned long long>(round + 1));
  auto started = Cluster::start(product, plan.folder);
  if (!started) {
    return std::unexpected(started.error());
  }
  Cluster& cluster = **started;
  if (auto filled = fill(plan, cluster.target()); !filled) {
    return filled;
  }
  for (Cell& cell : result.cells) {
    if (auto measured = measure_cell(plan, round, cluster, cell); !measured) {
      return measured;
    }
  }
  // Before the kills: a node that starts again starts with a new peak.
  result.memory_peak_mb.push_back(cluster.memory_peak_mb());
  return measure_failovers(plan, round, cluster, product.kind(), result);
}

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench compare: %s\n", what.c_str());
  return code;
}

ProductResult empty_result(const Plan& plan, const Product& product, const std::string& name) {
  ProductResult result{.name = name, .about = product.about()};
  for (std::size_t i = 0; i < kOperations; ++i) {
    for (const std::uint64_t clients : plan.clients) {
      result.cells.push_back(
          {.operation = static_cast<Operation>(i), .clients = static_cast<std::uint32_t>(clients)});
    }
  }
  return result;
}

}  // namespace

int compare_command(const std::vector<std::string>& arguments) {
  auto options =
      Options::parse(arguments, {"clients", "seconds", "warmup", "rounds", "keys", "value-size",
                                 "seed", "connections", "trials", "peers", "dir", "json", "svg"});
  if (!options) {
    return fail(options.error(), 2);
  }
  const Plan plan = read_plan(*options);
  if (!options->fault().empty()) {
    return fail(options->fault(), 2);
  }
  std::vector<std::unique_ptr<Product>> products;
  Comparison comparison{.settings = settings_line(plan)};
  for (const std::string& name : split(options->text("peers", "confman,etcd"), ',')) {
    auto product = find_product(name);
    if (!product) {
      std::fprintf(stderr, "%s\n", product.error().c_str());
      continue;
    }
    comparison.products.push_back(empty_result(plan, **product, name));
    products.push_back(std::move(*product));
  }
  if (products.empty()) {
    return fail("there is nothing to measure", 1);
  }
  for (std::uint64_t round = 0; round < plan.rounds; ++round) {
    for (std::size_t i = 0; i < products.size(); ++i) {
      const auto done = measure_round(plan, round, *products[i], comparison.products[i]);
      if (!done) {
        return fail(comparison.products[i].name + ": " + done.error(), 1);
      }
    }
  }
  std::fputs(comparison_table(comparison).c_str(), stdout);
  const std::string json = options->text("json", "");
  const std::string svg = options->text("svg", "");
  if (!json.empty() && !write_file(json, comparison_json(comparison))) {
    return fail("cannot write " + json, 1);
  }
  if (!svg.empty() && !write_file(svg, comparison_svg(comparison))) {
    return fail("cannot write " + svg, 1);
  }
  return 0;
}

}  // namespace confman::bench
