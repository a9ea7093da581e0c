#include "sim/run/run.hpp"

#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/cli/report.hpp"
#include "sim/model/real_storage.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/runner.hpp"

namespace confman::sim {

int run(const RunCommand& command) {
  if (command.storage == StorageKind::Sqlite && !has_real_storage()) {
    std::cerr << "confman-sim: this program was built without SQLite\n";
    return kExitUsage;
  }
  const unsigned jobs = threads_for(command.jobs);
  MarkCounts marks;
  Report report({
      .verbose = command.verbose,
      .only_one = command.seeds.first == command.seeds.last,
      .stop_at = command.stop_at,
      .record_to = command.record_to,
      .record =
          [&](const RunResult& failed) {
            Recording recording;
            run_seed(failed.seed, failed.profile, &recording, command.storage);
            return recording;
          },
      .name =
          [&](const RunResult& failed) {
            return std::string(name_of(failed.profile)) + "-" + std::to_string(failed.seed) +
                   (command.storage == StorageKind::Sqlite ? "-sqlite" : "");
          },
      .knobs =
          [&](const RunResult& result) {
            return to_string(derive(result.seed, result.profile, command.storage));
          },
  });
  run_seeds(command.seeds, command.profile, jobs,
            [&](const RunResult& result) { report.add(result); },
            {.storage = command.storage,
             .marks = command.marks ? &marks : nullptr,
             .enough = [&] { return report.enough(); },
             .perform = {}});
  report.finish(jobs);
  if (command.marks) {
    std::cout << marks.report() << marks.never() << " of " << all_marks().size()
              << " marks were never reached\n";
  }
  if (command.json) std::cout << report.to_json() << "\n";
  return report.exit_code();
}

}  // namespace confman::sim
