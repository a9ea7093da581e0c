#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <fstream>
#include <map>

#include "tests/chaos/report/report.hpp"
#include "tests/chaos/stage.hpp"

namespace confman::chaos {
namespace {

constexpr std::size_t kMaxShown = 20;  // violations; history.txt has all

double seconds(Moment time) {
  return static_cast<double>(time) / 1e9;
}

[[gnu::format(printf, 2, 3)]] void add(std::string& text, const char* format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  text += line;
}

void add_kinds(std::string& text, const Figures& figures) {
  add(text, "\n%-24s %6s  %s\n", "fault", "times", "longest write gap (where it was alone)");
  for (const auto& [name, kind] : figures.kinds) {
    add(text, "%-24s %6zu  %7.2f s", name.c_str(), kind.times, seconds(kind.longest_gap));
    if (kind.longest_gap_alone > 0) add(text, "  (%.2f s)", seconds(kind.longest_gap_alone));
    text += '\n';
  }
}

void add_exits(std::string& text, const Timeline::Data& timeline) {
  std::map<std::pair<int, std::string>, std::size_t> exits;
  for (const NodeExit& exit : timeline.exits) ++exits[{exit.code, exit.explanation}];
  if (!exits.empty()) add(text, "\nprocesses that ended by themselves\n");
  for (const auto& [exit, count] : exits) {
    add(text, "%6zu  with %d: %s\n", count, exit.first,
        exit.second.empty() ? "NOTHING ACCOUNTS FOR IT" : exit.second.c_str());
  }
}

void add_violations(std::string& text, const Timeline::Data& timeline) {
  std::size_t shown = 0;
  for (const ViolationMark& mark : timeline.violations) {
    if (++shown > kMaxShown) break;
    text += "\nVIOLATION " + mark.violation.property + ": " + mark.violation.sentence;
  }
  if (timeline.violations.size() > kMaxShown) {
    add(text, "\n… and %zu more", timeline.violations.size() - kMaxShown);
  }
  if (!timeline.violations.empty()) text += '\n';
}

}  // namespace

std::string summary_of(const Outcome& outcome) {
  const Figures& figures = outcome.figures;
  const Timeline::Data& timeline = outcome.timeline;
  std::string text;
  add(text, "seed %llu, %zu nodes, %.0f s of chaos: %s\n",
      static_cast<unsigned long long>(outcome.seed), outcome.nodes,
      seconds(timeline.end - timeline.begin),
      timeline.violations.empty() ? "nothing wrong was found" : "VIOLATIONS");
  add(text,
      "%zu operations: %zu writes acknowledged, %zu reads answered, %zu refused by a precondition, "
      "%zu not done, %zu unknown\n",
      figures.operations, figures.writes_acknowledged, figures.reads_done, figures.refused,
      figures.not_done, figures.unknown);
  add(text, "%zu faults; longest time without an acknowledged write %.2f s", timeline.faults.size(),
      seconds(figures.longest.length()));
  add(text, "; all nodes served %.2f s after the last fault\n", seconds(outcome.served_after));
  if (outcome.lost_nodes > 0) {
    add(text, "%zu node(s) lost to damage that was found too late\n", outcome.lost_nodes);
  }
  if (outcome.network) {
    add(text, "network: %llu packets carried, %llu lost, %llu connections reset\n",
        static_cast<unsigned long long>(outcome.network->carried),
        static_cast<unsigned long long>(outcome.network->dropped),
        static_cast<unsigned long long>(outcome.network->resets));
  }
  for (const auto& [event, count] : outcome.reached) {
    add(text, "%s%s %zu", event == outcome.reached.begin()->first ? "in the logs: " : ", ",
        event.c_str(), count);
  }
  if (!outcome.reached.empty()) text += '\n';
  add_kinds(text, figures);
  add_exits(text, timeline);
  if (!timeline.skipped.empty()) {
    add(text, "\nskipped, for want of an occasion:");
    for (const std::string& name : timeline.skipped) text += " " + name;
    text += '\n';
  }
  add_violations(text, timeline);
  return text;
}

void write_report(const std::filesystem::path& folder, const Outcome& outcome) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "summary.txt") << outcome.again << "\n\n" << summary_of(outcome);
  std::ofstream(folder / "report.html") << page_of(outcome);
}

}  // namespace confman::chaos
