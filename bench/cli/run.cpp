#include <cstdio>

#include "bench/cli/commands.hpp"
#include "bench/cli/options.hpp"
#include "bench/load/generator.hpp"
#include "bench/peers/confman_product.hpp"
#include "bench/report/json.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

int fail(const std::string& what, int code) {
  std::fprintf(stderr, "confman-bench run: %s\n", what.c_str());
  return code;
}

std::expected<Target, std::string> read_target(Options& options) {
  Target target;
  const std::string kind = options.text("target", "confman");
  if (kind != "confman" && kind != "etcd") {
    return std::unexpected("--target: \"" + kind + "\" is neither confman nor etcd");
  }
  target.kind = kind == "etcd" ? TargetKind::kEtcd : TargetKind::kConfman;
  target.connections = static_cast<std::uint32_t>(options.number("connections", 0, 0, kMaxClients));
  const std::string endpoints = options.text(
      "endpoints", "http://127.0.0.1:8101,http://127.0.0.1:8102,http://127.0.0.1:8103");
  for (const std::string& text : split(endpoints, ',')) {
    auto endpoint = parse_endpoint(text);
    if (!endpoint) {
      return std::unexpected(endpoint.error());
    }
    target.endpoints.push_back(std::move(*endpoint));
  }
  return target;
}

std::expected<Mix, std::string> read_mix(const Options& options) {
  const std::string text = options.text("mix", "1:0:0");
  Mix mix;
  unsigned ends = 0;
  const int read = std::sscanf(text.c_str(), "%7u:%7u:%7u%n", &mix.write, &mix.linearizable_read,
                               &mix.local_read, reinterpret_cast<int*>(&ends));
  if (read != 3 || ends != text.size() || mix.write + mix.linearizable_read + mix.local_read == 0) {
    return std::unexpected("--mix: \"" + text + "\" is not three weights like 1:0:0");
  }
  return mix;
}

Load read_load(Options& options) {
  Load load;
  load.clients = static_cast<std::uint32_t>(options.number("clients", 64, 1, kMaxClients));
  load.rate = options.number("rate", 0, 0, 10'000'000);
  load.keys = static_cast<std::uint32_t>(options.number("keys", 100'000, 1, kMaxKeys));
  load.value_size = options.number("value-size", 256, 0, kMaxValueSize);
  load.seed = options.number("seed", 1, 0, UINT64_MAX);
  const auto nanos = [](std::uint64_t s) { return static_cast<std::int64_t>(s) * kNanosPerSecond; };
  load.measure_ns = nanos(options.number("seconds", 5, 1, 3600));
  load.warmup_ns = nanos(options.number("warmup", 1, 0, 3600));
  return load;
}

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  auto options = Options::parse(
      arguments, {"target", "endpoints", "clients", "connections", "mix", "rate", "seconds",
                  "warmup", "keys", "value-size", "seed", "fill", "json"});
  if (!options) {
    return fail(options.error(), 2);
  }
  auto load = read_load(*options);
  const auto target = read_target(*options);
  const auto mix = read_mix(*options);
  const bool fill = options->number("fill", 0, 0, 1) == 1;
  if (!target || !mix || !options->fault().empty()) {
    return fail(!target ? target.error() : !mix ? mix.error() : options->fault(), 2);
  }
  load.mix = *mix;
  if (target->kind == TargetKind::kConfman) {
    if (auto prepared = ConfmanProduct().prepare(target->endpoints.front()); !prepared) {
      return fail(prepared.error(), 1);
    }
  }
  if (fill) {
    Load all = load;
    all.fill = true;
    const auto filled = generate(all, *target);
    if (!filled) {
      return fail(filled.error(), 1);
    }
    std::fprintf(stderr, "fill: %s\n", one_line(all, *filled).c_str());
  }
  const auto measured = generate(load, *target);
  if (!measured) {
    return fail(measured.error(), 1);
  }
  std::printf("%s: %s\n", name_of(target->kind), one_line(load, *measured).c_str());
  if (measured->succeeded == 0) {
    return fail("nothing succeeded: " + measured->first_failure, 1);
  }
  const std::string file = options->text("json", "");
  if (!file.empty() && !write_file(file, to_json(*target, load, *measured))) {
    return fail("cannot write " + file, 1);
  }
  return 0;
}

}  // namespace confman::bench
