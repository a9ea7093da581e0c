#include "sim/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace confman::sim {

const std::string_view kUsage =
    R"(confman-sim: runs Confman's node on simulated networks, disks, clocks and clients.

  confman-sim run --seeds A..B [--profile P] [--jobs N] [--json] [--verbose] [--record-to DIR]
      Runs the seeds from A to B. Prints one line for each failure, with the command that
      reproduces it, and writes a recording of it to DIR (default: the working folder; "none": no
      recordings).
      P is one of default, calm, chaos, partition, election, figure8, disk, snapshot, clocks.
      With --json the last line is an object with the totals.
  confman-sim replay FILE
      Runs a recording from its events alone, and tells whether it ends as recorded.
  confman-sim check FILE
      Judges a recorded history: prints "linearizable" or "not linearizable".

Exit status: 0 no failure (replay: reproduced; check: judged), 1 failures (replay: not reproduced),
64 bad usage, 65 a file that can't be read.
)";

namespace {

template <class T>
std::optional<T> number_of(std::string_view text) {
  T value{};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<SeedRange> range_of(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto first = number_of<std::uint64_t>(text.substr(0, dots));
  const auto last =
      dots == std::string_view::npos ? first : number_of<std::uint64_t>(text.substr(dots + 2));
  if (!first || !last || *first > *last) return std::nullopt;
  return SeedRange{*first, *last};
}

// Levenshtein's distance, for suggestions.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string unknown(std::string_view what, std::string_view given,
                    std::span<const std::string_view> known) {
  std::string text = "unknown " + std::string(what) + " '" + std::string(given) + "'";
  const auto closest =
      std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
        return distance(given, a) < distance(given, b);
      });
  if (distance(given, *closest) <= 3) text += "; did you mean '" + std::string(*closest) + "'?";
  return text;
}

constexpr std::string_view kCommands[] = {"run", "replay", "check", "--help"};
constexpr std::string_view kRunFlags[] = {"--seeds",   "--profile",   "--jobs", "--json",
                                          "--verbose", "--record-to", "--help"};

using Parsed = std::expected<Command, std::string>;

std::optional<std::string> set_option(RunCommand& run, std::string_view flag,
                                      std::string_view value) {
  if (flag == "--seeds") {
    const auto range = range_of(value);
    if (!range) return "--seeds takes a range like 1..100, not '" + std::string(value) + "'";
    run.seeds = *range;
  } else if (flag == "--profile") {
    const auto profile = profile_of(value);
    if (!profile) {
      std::vector<std::string_view> names;
      for (int i = 0; i < kProfiles; ++i) names.push_back(name_of(static_cast<Profile>(i)));
      return unknown("profile", value, names);
    }
    run.profile = *profile;
  } else if (flag == "--jobs") {
    const auto jobs = number_of<unsigned>(value);
    if (!jobs || *jobs < 1 || *jobs > 256) return "--jobs takes a number from 1 to 256";
    run.jobs = *jobs;
  } else {
    run.record_to = value == "none" ? "" : std::string(value);
  }
  return std::nullopt;
}

Parsed parse_run(std::span<const std::string_view> rest) {
  RunCommand run;
  bool has_seeds = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const std::string_view flag = rest[i];
    if (flag == "--help") return HelpCommand{};
    if (std::find(std::begin(kRunFlags), std::end(kRunFlags), flag) == std::end(kRunFlags)) {
      return std::unexpected(unknown("option", flag, kRunFlags));
    }
    if (flag == "--json" || flag == "--verbose") {
      (flag == "--json" ? run.json : run.verbose) = true;
      continue;
    }
    if (i + 1 == rest.size()) return std::unexpected(std::string(flag) + " needs a value");
    if (const auto error = set_option(run, flag, rest[++i])) return std::unexpected(*error);
    has_seeds |= flag == "--seeds";
  }
  if (!has_seeds) return std::unexpected(std::string("run needs --seeds A..B"));
  return run;
}

}  // namespace

Parsed parse_arguments(std::span<const std::string_view> arguments) {
  if (arguments.empty()) return std::unexpected(std::string("a command is missing"));
  const std::string_view command = arguments[0];
  const auto rest = arguments.subspan(1);
  if (command == "--help" || command == "-h" || command == "help") return HelpCommand{};
  if (command == "run") return parse_run(rest);
  if (command != "replay" && command != "check") {
    return std::unexpected(unknown("command", command, kCommands));
  }
  if (rest.size() == 1 && rest[0] == "--help") return HelpCommand{};
  if (rest.size() != 1 || rest[0].starts_with("--")) {
    return std::unexpected(std::string(command) + " takes one file");
  }
  if (command == "replay") return ReplayCommand{std::string(rest[0])};
  return CheckCommand{std::string(rest[0])};
}

}  // namespace confman::sim
