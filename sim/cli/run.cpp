#include "sim/run/run.hpp"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/model/real_storage.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/runner.hpp"

namespace confman::sim {
namespace {

std::string command_for(const RunResult& result, StorageKind storage) {
  return "confman-sim run --seeds " + std::to_string(result.seed) + ".." +
         std::to_string(result.seed) + " --profile " + std::string(name_of(result.profile)) +
         (storage == StorageKind::Sqlite ? " --storage sqlite" : "");
}

std::string knobs_of(const RunResult& result, StorageKind storage) {
  return to_string(derive(result.seed, result.profile, storage));
}

// The same seed again, this time written down.
void record(const RunResult& failed, const RunCommand& command) {
  Recording recording;
  run_seed(failed.seed, failed.profile, &recording, command.storage);
  const std::filesystem::path name = std::filesystem::path(command.record_to) /
                                     ("confman-recording-" + std::string(name_of(failed.profile)) +
                                      "-" + std::to_string(failed.seed) + ".txt");
  if (write_file(name.string(), to_text(recording))) {
    std::cout << "  recorded: confman-sim replay " << name.string() << "\n";
  }
}

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;
  std::uint64_t simulated_us = 0;
  std::uint64_t events = 0;
  std::uint64_t operations = 0;
  int exit_code = kExitGood;

  void add(const RunResult& result) {
    ++seeds;
    failed += result.failure ? 1 : 0;
    simulated_us += static_cast<std::uint64_t>(result.simulated_us);
    events += result.events;
    operations += result.operations;
    if (result.failure) exit_code = worse(exit_code, exit_code_of(result.failure->kind));
  }
};

void print_result(const RunCommand& command, const RunResult& result) {
  if (result.failure) {
    std::cout << "seed " << result.seed << " profile " << name_of(result.profile) << " FAILED "
              << name_of(result.failure->kind) << " " << result.failure->oracle << ": "
              << result.failure->sentence
              << "\n  reproduce: " << command_for(result, command.storage)
              << "\n  knobs: " << knobs_of(result, command.storage) << "\n";
    if (!command.record_to.empty()) record(result, command);
  } else if (command.verbose || command.seeds.first == command.seeds.last) {
    std::cout << "seed " << result.seed << " ok: " << result.events << " events, "
              << result.operations << " operations, " << result.simulated_us / 1000
              << " simulated ms, hash " << std::hex << result.hash << std::dec << "\n";
    if (command.seeds.first == command.seeds.last) {
      std::cout << "  knobs: " << knobs_of(result, command.storage) << "\n";
    }
  }
  std::cout.flush();
}

}  // namespace

int run(const RunCommand& command) {
  if (command.storage == StorageKind::Sqlite && !has_real_storage()) {
    std::cerr << "confman-sim: this program was built without SQLite\n";
    return kExitUsage;
  }
  const auto begin = std::chrono::steady_clock::now();
  const unsigned jobs =
      command.jobs > 0 ? command.jobs : std::max(1U, std::thread::hardware_concurrency());
  Totals totals;
  MarkCounts marks;
  const auto report = [&](const RunResult& result) {
    totals.add(result);
    print_result(command, result);
  };
  run_seeds(command.seeds, command.profile, jobs, report,
            {.storage = command.storage, .marks = command.marks ? &marks : nullptr});
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const double simulated = static_cast<double>(totals.simulated_us) / 1e6;
  std::cout << totals.seeds << " seeds, " << totals.failed << " failed, " << totals.events
            << " events, " << totals.operations << " operations, " << simulated
            << " simulated seconds in " << wall.count() << " s with " << jobs << " jobs\n";
  if (command.marks) {
    std::cout << marks.report() << marks.never() << " of " << all_marks().size()
              << " marks were never reached\n";
  }
  if (command.json) {
    std::cout << "{\"seeds\":" << totals.seeds << ",\"failed\":" << totals.failed
              << ",\"simulated_seconds\":" << std::fixed << simulated
              << ",\"events\":" << totals.events << ",\"wall_seconds\":" << wall.count() << "}\n";
  }
  return totals.exit_code;
}

}  // namespace confman::sim
