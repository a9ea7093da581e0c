#include "sim/run/branch.hpp"

#include <filesystem>
#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/report.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/origin.hpp"
#include "sim/run/runner.hpp"

namespace confman::sim {

int run(const BranchCommand& command) {
  const auto recording = read_recording(command.file);
  if (!recording) return kExitBadFile;
  tell_caveats(*recording);
  const auto events = events_until(*recording, command.at);
  if (!events) {
    std::cerr << "confman-sim: " << events.error() << "\n";
    return kExitUsage;
  }
  // What leads elsewhere has no moment that the reader of its page could have meant.
  const RunResult replayed = replay(*recording);
  if (!reproduces(*recording, replayed)) {
    for (const std::string& line : verdict(*recording, replayed)) std::cout << line << "\n";
    return kExitNotReproduced;
  }
  const unsigned jobs = threads_for(command.jobs);
  const auto branching_of = [&](std::uint64_t seed) {
    return Branching{.events = *events, .seed = seed, .profile = command.profile};
  };
  Report report({
      .verbose = command.verbose,
      .only_one = command.seeds.first == command.seeds.last,
      .stop_at = command.stop_at,
      .record_to = command.record_to,
      .record =
          [&](const RunResult& failed) {
            Recording branched;
            branch(*recording, branching_of(failed.seed), &branched);
            return branched;
          },
      .name =
          [&](const RunResult& failed) {
            return std::filesystem::path(command.file).stem().string() + "-at-" +
                   std::to_string(*events - 1) + "-" +
                   (command.profile ? std::string(name_of(*command.profile)) + "-" : "") +
                   std::to_string(failed.seed);
          },
      .knobs = [&](const RunResult&) { return to_string(recording->config); },
  });
  const Event& last = recording->events[*events - 1].event;
  std::cout << "branching behind event #" << *events - 1 << " at "
            << static_cast<double>(last.at) / 1e6 << " s\n";
  run_seeds(
      command.seeds, recording->profile, jobs, [&](const RunResult& result) { report.add(result); },
      {.enough = [&] { return report.enough(); },
       .perform = [&](std::uint64_t seed) { return branch(*recording, branching_of(seed)); }});
  report.finish(jobs);
  return report.exit_code();
}

}  // namespace confman::sim
