#include "tests/chaos/options.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace confman::chaos {

const std::string_view kUsage =
    "usage: dev chaos [--seconds N] [--seed S] [--report DIR]\n"
    "       dev chaos --trials leader-kill=N | handover=N\n"
    "\n"
    "Runs a cluster of real nodes under a schedule of faults that is drawn from the seed, while\n"
    "clients record what they see, and judges the record. docs/chaos.md explains it.\n"
    "\n"
    "  --seconds N     of chaos (600); healing and judging come on top\n"
    "  --seed S        decides the schedule and all settings; else drawn, and printed\n"
    "  --report DIR    where report.html and summary.txt go, and what a failure leaves behind\n"
    "  --nodes N       3 or 5; else drawn from the seed\n"
    "  --faults A,B    only these kinds; --list names them\n"
    "  --loopback      without namespaces: no faults of the network, no full disks\n"
    "  --programs DIR  confmand and confman to run, other than this build's\n"
    "  --keep          keep logs and data of a run that passed\n"
    "  --trials KIND=N measure instead: leader-kill or handover, N times, under load\n"
    "\n"
    "exit status: 0 nothing wrong (or skipped, in words), 1 violations, 64 usage\n";

namespace {

template <class Number>
std::optional<Number> number(std::string_view text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value < least || value > most ? std::nullopt : std::optional(value);
}

std::expected<std::vector<const FaultKind*>, std::string> kinds_in(std::string_view text) {
  std::vector<const FaultKind*> kinds;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view name = text.substr(0, comma);
    const FaultKind* kind = find_fault_kind(name);
    if (kind == nullptr) {
      return std::unexpected("there is no fault '" + std::string(name) + "'; --list names them");
    }
    kinds.push_back(kind);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
  }
  return kinds;
}

std::optional<Trials> trials_in(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto count = number<int>(text.substr(equals + 1), 1, 100'000);
  const std::string_view kind = text.substr(0, equals);
  if (!count) return std::nullopt;
  if (kind == "leader-kill") return Trials{Trials::Kind::LeaderKill, *count};
  if (kind == "handover") return Trials{Trials::Kind::Handover, *count};
  return std::nullopt;
}

class Parsing {
 public:
  explicit Parsing(Options& options) : options_(options) {}

  // An empty string, or what is wrong.
  std::string flag(std::string_view name) {
    if (name == "--help") return set(options_.help);
    if (name == "--list") return set(options_.list);
    if (name == "--loopback") return set(options_.loopback);
    if (name == "--keep") return set(options_.keep);
    return "unknown argument " + std::string(name);
  }

  std::string value(std::string_view name, std::string_view text) {
    if (name == "--seconds") return take(options_.seconds, number(text, 5, 1'000'000), text);
    if (name == "--seed") {
      return take(options_.seed, number<std::uint64_t>(text, 0, UINT64_MAX), text);
    }
    if (name == "--nodes") return take(options_.nodes, number<std::size_t>(text, 3, 7), text);
    if (name == "--report") return take(options_.report, std::filesystem::absolute(text));
    if (name == "--programs") return take(options_.programs, std::filesystem::absolute(text));
    if (name == "--trials") {
      options_.trials = trials_in(text);
      return options_.trials ? "" : "--trials takes leader-kill=N or handover=N";
    }
    auto kinds = kinds_in(text);
    if (!kinds) return kinds.error();
    options_.kinds = std::move(*kinds);
    return "";
  }

  static bool takes_value(std::string_view name) {
    constexpr std::string_view kNames[] = {"--seconds", "--seed",     "--nodes", "--report",
                                           "--faults",  "--programs", "--trials"};
    return std::ranges::find(kNames, name) != std::end(kNames);
  }

 private:
  static std::string set(bool& flag) {
    flag = true;
    return "";
  }
  template <class Target, class Value>
  static std::string take(Target& target, std::optional<Value> value, std::string_view text) {
    if (!value) return "'" + std::string(text) + "' is not a number that goes here";
    target = *value;
    return "";
  }
  static std::string take(std::filesystem::path& target, std::filesystem::path value) {
    target = std::move(value);
    return "";
  }

  Options& options_;
};

}  // namespace

std::expected<Options, std::string> parse_options(std::span<const std::string_view> arguments,
                                                  const Defaults& defaults) {
  Options options;
  options.seed = defaults.seed;
  options.programs = defaults.programs;
  Parsing parsing(options);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    const bool with_value = Parsing::takes_value(name);
    if (with_value && i + 1 == arguments.size()) {
      return std::unexpected(std::string(name) + " takes a value");
    }
    const std::string wrong = with_value ? parsing.value(name, arguments[++i]) : parsing.flag(name);
    if (!wrong.empty()) return std::unexpected(wrong);
  }
  if (options.report.empty()) {
    options.report = defaults.reports / ("seed-" + std::to_string(options.seed));
  }
  return options;
}

std::string again(const Options& options) {
  std::string line = "./dev chaos --seed " + std::to_string(options.seed) + " --seconds " +
                     std::to_string(options.seconds);
  if (options.nodes != 0) line += " --nodes " + std::to_string(options.nodes);
  if (options.loopback) line += " --loopback";
  for (std::size_t i = 0; i < options.kinds.size(); ++i) {
    line += (i == 0 ? " --faults " : ",") + std::string(options.kinds[i]->name);
  }
  return line;
}

}  // namespace confman::chaos
