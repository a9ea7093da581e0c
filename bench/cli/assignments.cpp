#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "bench/cli/commands.hpp"
#include "bench/cli/measured.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/assigned_load.hpp"
#include "bench/load/clock.hpp"
#include "bench/peers/confman_product.hpp"

namespace confman::bench {
namespace {

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench assignments: %s\n", what.c_str());
  return code;
}

// A cluster, and what was made in it.
struct Prepared {
  std::unique_ptr<Cluster> cluster;
  Assigned assigned;
  std::string key;

  Measured measured(const char* name, KeyedWork work, const WorkPlan& plan) {
    const Measured done = measure(*cluster, [&] {
      return do_keyed_work(work, plan, cluster->target().endpoints, assigned, key);
    });
    print(name, done);
    return done;
  }
};

std::expected<Prepared, std::string> prepare(const ConfmanProduct& product,
                                             const std::filesystem::path& folder,
                                             const Assigned& assigned) {
  auto cluster = Cluster::start(product, folder);
  if (!cluster) return std::unexpected(cluster.error());
  auto key = prepare_assigned((*cluster)->target().endpoints, assigned);
  if (!key) return std::unexpected(key.error());
  return Prepared{std::move(*cluster), assigned, std::move(*key)};
}

// False: something failed.
bool compare(const char* what, KeyedWork work, const WorkPlan& plan, Prepared& few,
             Prepared& many) {
  const Measured without = few.measured(what, work, plan);
  const Measured with = many.measured("… with", work, plan);
  std::printf("  %s with ÷ without: %.3f; by the nodes' time: %.3f\n", what,
              with.work.per_second() / std::max(without.work.per_second(), 1.0),
              without.cpu_us / std::max(with.cpu_us, 1.0));
  std::fflush(stdout);
  return without.work.failed + with.work.failed == 0;
}

}  // namespace

int assignments_command(const std::vector<std::string>& arguments) {
  auto options = Options::parse(arguments, {"namespaces", "assignments", "clients", "value-size",
                                            "seconds", "warmup", "rounds", "program", "dir"});
  if (!options) return fail(options.error(), 2);
  const auto nanos = [](std::uint64_t s) { return static_cast<std::int64_t>(s) * kNanosPerSecond; };
  WorkPlan plan;
  plan.clients = static_cast<std::uint32_t>(options->number("clients", 64, 1, 1000));
  plan.value_size = options->number("value-size", 256, 16, kMaxValueSize);
  plan.measure_ns = nanos(options->number("seconds", 5, 1, 3600));
  plan.warmup_ns = nanos(options->number("warmup", 1, 0, 3600));
  Assigned all;
  all.namespaces = static_cast<std::uint32_t>(options->number("namespaces", 10'000, 1, 100'000));
  all.entries = all.namespaces;
  all.assignments = static_cast<std::uint32_t>(options->number("assignments", 10, 1, 1000));
  Assigned one = all;
  one.namespaces = 1;
  one.assignments = 1;
  const std::uint64_t rounds = options->number("rounds", 3, 1, 100);
  std::error_code ignored;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::filesystem::path folder = options->text("dir", (here / "bench-data").string());
  const ConfmanProduct product(options->text("program", ""));
  if (!options->fault().empty()) return fail(options->fault(), 2);

  auto few = prepare(product, folder, one);
  if (!few) return fail(few.error(), 1);
  auto many = prepare(product, folder, all);
  if (!many) return fail(many.error(), 1);
  std::printf("  %u namespaces with %u assignments each\n", all.namespaces, all.assignments);
  std::fflush(stdout);
  bool complete = true;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    complete = compare("writes", KeyedWork::Write, plan, *few, *many) && complete;
    complete = compare("reads", KeyedWork::Read, plan, *few, *many) && complete;
  }
  return complete ? 0 : 1;
}

}  // namespace confman::bench
