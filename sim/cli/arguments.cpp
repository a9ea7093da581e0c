#include "sim/cli/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace confman::sim {

const std::string_view kUsage =
    R"(confman-sim: runs Confman's node on simulated networks, disks, clocks and clients.

  confman-sim run --seeds A..B [--profile P] [--storage S] [--jobs N] [--stop-at N] [--json]
                 [--verbose] [--marks] [--record-to DIR]
      Runs the seeds from A to B, or until N have failed. Failures are grouped by what they are:
      of each group the first three get a line and a recording in DIR (default:
      confman-sim-failures; "none": no recordings), the others are counted. With --verbose there
      is a line for every seed, with its knobs.
      P is one of default, calm, chaos, partition, election, figure8, disk, snapshot, clocks,
      members, damage, beyond, lease, access, review, keep.
      S is model (what stores promise; the default), or sqlite: production's stores on a
      simulated disk, compared with the model.
      With --json the last line is an object with the totals; with --marks there is a line for each
      mark of the code, how often the runs have passed it, or that they never did.
  confman-sim replay FILE [--tell]
      Runs a recording from its events alone, and tells whether it ends as recorded; with
      --tell also each step in words.
  confman-sim shrink FILE [-o OUT] [--seconds N]
      Cuts out of a recording what its failure doesn't need, for N seconds at most (default 110).
      The result is a recording, by default beside FILE with "-shrunk" in its name.
  confman-sim show FILE [-o OUT]
      Makes one HTML page of a recording, by default beside FILE: what every node did, said and
      heard, and where it broke. Needs no server and no network.
  confman-sim branch FILE --at MOMENT [--seeds A..B] [--profile P] [--jobs N] [--stop-at N]
                 [--verbose] [--record-to DIR]
      What if: keeps a recording's events up to MOMENT, an event (523, as its page numbers them) or
      a time (12.5s), and goes on from there with other chance, once for each seed (default 1..20);
      with faults as P would draw them, or like the recording's. Failures are told and kept as by
      run.
  confman-sim hunt [--corpus DIR] [--seconds N] [--jobs N] [--first SEED]
      Runs seeds of all profiles until it is interrupted, or for N seconds. Files each distinct
      failure, shrunk, in DIR (default: .local/hunt), where it also keeps count and goes on next time.
  confman-sim bench [--seconds N] [--json]
      Measures the simulator against its goals, on one core.
  confman-sim check FILE
      Judges a recorded history: prints "linearizable" or "not linearizable".

Exit status: 0 no failure (replay: reproduced; check: judged); of failures the worst: 4 a broken
promise, 2 a crash, 3 no service. 5 the recording doesn't end so with this program (replay, branch,
shrink, show);
6 the hunt can't be trusted: its canary lived, or a failure didn't come again; 7 a goal was missed
(bench); 64 bad usage; 65 a file that can't be read or written.
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
  if (closest != known.end() && distance(given, *closest) <= 3) {
    text += "; did you mean '" + std::string(*closest) + "'?";
  }
  return text;
}

using Parsed = std::expected<Command, std::string>;
using Words = std::span<const std::string_view>;
// A sentence if the value is impossible.
using Mistake = std::optional<std::string>;

template <class Chosen>
struct Option {
  std::string_view flag;
  bool takes_value;
  std::function<Mistake(Chosen&, std::string_view)> set;
};

template <class Chosen>
Option<Chosen> text_option(std::string_view flag, std::string Chosen::* field) {
  return {flag, true, [field](Chosen& chosen, std::string_view value) -> Mistake {
            chosen.*field = value;
            return std::nullopt;
          }};
}

template <class Chosen>
Option<Chosen> switch_option(std::string_view flag, bool Chosen::* field) {
  return {flag, false, [field](Chosen& chosen, std::string_view) -> Mistake {
            chosen.*field = true;
            return std::nullopt;
          }};
}

template <class Chosen, class Number>
Option<Chosen> number_option(std::string_view flag, Number Chosen::* field, Number most) {
  return {flag, true, [=](Chosen& chosen, std::string_view value) -> Mistake {
            const auto number = number_of<Number>(value);
            if (!number || *number < 1 || *number > most) {
              return std::string(flag) + " takes a number from 1 to " + std::to_string(most);
            }
            chosen.*field = *number;
            return std::nullopt;
          }};
}

constexpr unsigned kMostJobs = 256;
constexpr unsigned kMostSeconds = 1'000'000'000;

// Options and, where the command has a `file`, one word that isn't an option.
template <class Chosen>
Parsed parse_options(std::string_view command, Words words,
                     const std::vector<Option<Chosen>>& options) {
  constexpr bool kTakesFile = requires(Chosen chosen) { chosen.file; };
  Chosen chosen;
  int files = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--help") return HelpCommand{};
    if constexpr (kTakesFile) {
      if (!word.starts_with("-")) {
        chosen.file = word;
        ++files;
        continue;
      }
    }
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const auto& candidate) { return candidate.flag == word; });
    if (option == options.end()) {
      std::vector<std::string_view> flags;
      for (const auto& known : options) flags.push_back(known.flag);
      return std::unexpected(unknown("option", word, flags));
    }
    if (option->takes_value && ++i == words.size()) {
      return std::unexpected(std::string(word) + " needs a value");
    }
    if (const Mistake mistake = option->set(chosen, words[i])) return std::unexpected(*mistake);
  }
  if (kTakesFile && files != 1) return std::unexpected(std::string(command) + " takes one file");
  return chosen;
}

template <class Chosen>
Mistake set_profile(Chosen& run, std::string_view value) {
  const auto profile = profile_of(value);
  if (!profile) {
    std::vector<std::string_view> names;
    for (int i = 0; i < kProfiles; ++i) names.push_back(name_of(static_cast<Profile>(i)));
    return unknown("profile", value, names);
  }
  run.profile = *profile;
  return std::nullopt;
}

template <class Chosen>
Mistake set_seeds(Chosen& run, std::string_view value) {
  const auto range = range_of(value);
  if (!range) return "--seeds takes a range like 1..100, not '" + std::string(value) + "'";
  run.seeds = *range;
  return std::nullopt;
}

template <class Chosen>
Mistake set_record_to(Chosen& run, std::string_view value) {
  run.record_to = value == "none" ? "" : std::string(value);
  return std::nullopt;
}

Mistake set_storage(RunCommand& run, std::string_view value) {
  constexpr std::string_view kKinds[] = {"model", "sqlite"};
  if (value != kKinds[0] && value != kKinds[1]) return unknown("storage", value, kKinds);
  run.storage = value == kKinds[0] ? StorageKind::Model : StorageKind::Sqlite;
  return std::nullopt;
}

Parsed parse_run(std::string_view command, Words words) {
  bool has_seeds = false;
  const std::vector<Option<RunCommand>> options = {
      {"--seeds", true,
       [&](RunCommand& run, std::string_view value) -> Mistake {
         has_seeds = true;
         return set_seeds(run, value);
       }},
      {"--profile", true, set_profile<RunCommand>},
      {"--storage", true, set_storage},
      number_option("--jobs", &RunCommand::jobs, kMostJobs),
      switch_option("--json", &RunCommand::json),
      switch_option("--verbose", &RunCommand::verbose),
      switch_option("--marks", &RunCommand::marks),
      number_option("--stop-at", &RunCommand::stop_at, std::uint64_t{UINT64_MAX}),
      {"--record-to", true, set_record_to<RunCommand>},
  };
  Parsed parsed = parse_options(command, words, options);
  if (parsed && std::holds_alternative<RunCommand>(*parsed) && !has_seeds) {
    return std::unexpected(std::string("run needs --seeds A..B"));
  }
  return parsed;
}

Parsed parse_replay(std::string_view command, Words words) {
  return parse_options<ReplayCommand>(command, words,
                                      {switch_option("--tell", &ReplayCommand::tell)});
}

Parsed parse_branch(std::string_view command, Words words) {
  Parsed parsed = parse_options<BranchCommand>(
      command, words,
      {text_option("--at", &BranchCommand::at),
       {"--seeds", true, set_seeds<BranchCommand>},
       {"--profile", true, set_profile<BranchCommand>},
       {"--record-to", true, set_record_to<BranchCommand>},
       number_option("--jobs", &BranchCommand::jobs, kMostJobs),
       number_option("--stop-at", &BranchCommand::stop_at, std::uint64_t{UINT64_MAX}),
       switch_option("--verbose", &BranchCommand::verbose)});
  if (!parsed) return parsed;
  const auto* branch = std::get_if<BranchCommand>(&*parsed);
  if (branch != nullptr && branch->at.empty()) {
    return std::unexpected(std::string("branch needs --at with an event or a time"));
  }
  return parsed;
}

Parsed parse_shrink(std::string_view command, Words words) {
  return parse_options<ShrinkCommand>(
      command, words,
      {text_option("-o", &ShrinkCommand::output),
       number_option("--seconds", &ShrinkCommand::seconds, kMostSeconds)});
}

Parsed parse_show(std::string_view command, Words words) {
  return parse_options<ShowCommand>(command, words, {text_option("-o", &ShowCommand::output)});
}

Parsed parse_hunt(std::string_view command, Words words) {
  return parse_options<HuntCommand>(
      command, words,
      {text_option("--corpus", &HuntCommand::corpus),
       number_option("--seconds", &HuntCommand::seconds, kMostSeconds),
       number_option("--jobs", &HuntCommand::jobs, kMostJobs),
       number_option("--first", &HuntCommand::first_seed, std::uint64_t{UINT64_MAX})});
}

Parsed parse_bench(std::string_view command, Words words) {
  return parse_options<BenchCommand>(
      command, words,
      {number_option("--seconds", &BenchCommand::seconds, kMostSeconds),
       switch_option("--json", &BenchCommand::json)});
}

Parsed parse_check(std::string_view command, Words words) {
  return parse_options<CheckCommand>(command, words, {});
}

Parsed parse_help(std::string_view, Words) {
  return HelpCommand{};
}

constexpr std::string_view kNames[] = {"run",  "replay", "branch", "shrink", "show",
                                       "hunt", "bench",  "check",  "--help"};
constexpr Parsed (*kParsers[])(std::string_view, Words) = {parse_run,    parse_replay, parse_branch,
                                                           parse_shrink, parse_show,   parse_hunt,
                                                           parse_bench,  parse_check,  parse_help};

}  // namespace

Parsed parse_arguments(Words arguments) {
  if (arguments.empty()) return std::unexpected(std::string("a command is missing"));
  const std::string_view command = arguments[0];
  if (command == "-h" || command == "help") return HelpCommand{};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == command) return kParsers[i](command, arguments.subspan(1));
  }
  return std::unexpected(unknown("command", command, kNames));
}

}  // namespace confman::sim
