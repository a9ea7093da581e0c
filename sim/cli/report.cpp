#include "sim/cli/report.hpp"

#include <iostream>

#include "domain/json/writer.hpp"
#include "sim/cli/files.hpp"
#include "sim/run/exit_code.hpp"

namespace confman::sim {
namespace {

// Of a sentence, on one line of a terminal; --verbose has all of it.
constexpr std::size_t kShownSentence = 160;

}  // namespace

void Report::add(const RunResult& result) {
  ++seeds_;
  simulated_us_ += static_cast<std::uint64_t>(result.simulated_us);
  events_ += result.events;
  operations_ += result.operations;
  if (result.failure) {
    failed(result);
  } else if (options_.verbose || options_.only_one) {
    std::cout << "seed " << result.seed << " ok: " << result.events << " events, "
              << result.operations << " operations, " << result.simulated_us / 1000
              << " simulated ms, hash " << std::hex << result.hash << std::dec << "\n";
    if (options_.verbose) tell_knobs(result);
  }
  std::cout.flush();
}

void Report::failed(const RunResult& result) {
  ++failed_;
  exit_code_ = worse(exit_code_, exit_code_of(result.failure->kind));
  FailureGroups::Group& group = groups_.add(result);
  const bool is_kept = group.count <= FailureGroups::kKept;
  if (!is_kept && !options_.verbose) return;
  // At once: to write it down takes as long as the run did.
  std::cout << line_of(result, options_.verbose ? SIZE_MAX : kShownSentence) << std::flush;
  if (is_kept && !options_.record_to.empty()) {
    const std::string file =
        keep_recording(options_.record_to, options_.name(result), options_.record(result));
    if (!file.empty()) group.recordings.push_back(file);
    if (!file.empty()) std::cout << " [" << file << "]";
  }
  std::cout << "\n";
  if (options_.verbose) tell_knobs(result);
}

void Report::tell_knobs(const RunResult& result) const {
  std::cout << "  knobs: " << options_.knobs(result) << "\n";
}

void Report::finish(unsigned jobs) {
  std::cout << groups_.summary() << seeds_ << " seeds, " << failed_ << " failed"
            << (enough() ? " (and stopped)" : "") << ", " << events_ << " events, " << operations_
            << " operations, " << static_cast<double>(simulated_us_) / 1e6
            << " simulated seconds in " << seconds() << " s with " << jobs << " jobs\n";
}

std::string Report::to_json() const {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("seeds", seeds_).member("failed", failed_);
  out.member("simulated_seconds", static_cast<double>(simulated_us_) / 1e6);
  out.member("events", events_).member("wall_seconds", seconds());
  out.key("failures").begin_array();
  for (const FailureGroups::Group& group : groups_.groups()) {
    out.begin_object().member("kind", name_of(group.first.kind));
    out.member("oracle", group.first.oracle).member("shape", group.shape);
    out.member("count", group.count).member("first_seed", group.seeds.front());
    out.member("sentence", group.first.sentence).key("recordings").begin_array();
    for (const std::string& file : group.recordings) out.value(file);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return text;
}

}  // namespace confman::sim
