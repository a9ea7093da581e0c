#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "sim/arguments.hpp"
#include "sim/check/formats.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/run.hpp"
#include "sim/runner.hpp"

// The command line of the simulator: the only part of it that knows files and the real clock.
namespace confman::sim {
namespace {

constexpr int kOk = 0;
constexpr int kFailures = 1;
constexpr int kUsageError = 64;
constexpr int kDataError = 65;

std::optional<std::string> read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) {
    std::cerr << "confman-sim: can't read '" << name << "'\n";
    return std::nullopt;
  }
  return content.str();
}

std::string command_for(const RunResult& result) {
  return "confman-sim run --seeds " + std::to_string(result.seed) + ".." +
         std::to_string(result.seed) + " --profile " + std::string(name_of(result.profile));
}

// The same seed again, this time written down.
void record(const RunResult& failed, const std::string& folder) {
  Recording recording;
  run_seed(failed.seed, failed.profile, &recording);
  const std::filesystem::path name =
      std::filesystem::path(folder) / ("confman-recording-" + std::string(name_of(failed.profile)) +
                                       "-" + std::to_string(failed.seed) + ".txt");
  std::ofstream file(name, std::ios::binary);
  file << to_text(recording);
  file.close();
  if (file) {
    std::cout << "  recorded: confman-sim replay " << name.string() << "\n";
  } else {
    std::cerr << "confman-sim: can't write '" << name.string() << "'\n";
  }
}

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;
  std::uint64_t simulated_us = 0;
  std::uint64_t events = 0;
  std::uint64_t operations = 0;

  void add(const RunResult& result) {
    ++seeds;
    failed += result.failure ? 1 : 0;
    simulated_us += static_cast<std::uint64_t>(result.simulated_us);
    events += result.events;
    operations += result.operations;
  }
};

void print_result(const RunCommand& command, const RunResult& result) {
  if (result.failure) {
    std::cout << "seed " << result.seed << " profile " << name_of(result.profile) << " FAILED "
              << name_of(result.failure->kind) << " " << result.failure->oracle << ": "
              << result.failure->sentence << "\n  reproduce: " << command_for(result)
              << "\n  knobs: " << to_string(derive(result.seed, result.profile)) << "\n";
    if (!command.record_to.empty()) record(result, command.record_to);
  } else if (command.verbose || command.seeds.first == command.seeds.last) {
    std::cout << "seed " << result.seed << " ok: " << result.events << " events, "
              << result.operations << " operations, " << result.simulated_us / 1000
              << " simulated ms, hash " << std::hex << result.hash << std::dec << "\n";
    if (command.seeds.first == command.seeds.last) {
      std::cout << "  knobs: " << to_string(derive(result.seed, result.profile)) << "\n";
    }
  }
  std::cout.flush();
}

int run(const RunCommand& command) {
  const auto begin = std::chrono::steady_clock::now();
  const unsigned jobs =
      command.jobs > 0 ? command.jobs : std::max(1U, std::thread::hardware_concurrency());
  Totals totals;
  run_seeds(command.seeds, command.profile, jobs, [&](const RunResult& result) {
    totals.add(result);
    print_result(command, result);
  });
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const double simulated = static_cast<double>(totals.simulated_us) / 1e6;
  std::cout << totals.seeds << " seeds, " << totals.failed << " failed, " << totals.events
            << " events, " << totals.operations << " operations, " << simulated
            << " simulated seconds in " << wall.count() << " s with " << jobs << " jobs\n";
  if (command.json) {
    std::cout << "{\"seeds\":" << totals.seeds << ",\"failed\":" << totals.failed
              << ",\"simulated_seconds\":" << std::fixed << simulated
              << ",\"events\":" << totals.events << ",\"wall_seconds\":" << wall.count() << "}\n";
  }
  return totals.failed == 0 ? kOk : kFailures;
}

int run(const ReplayCommand& command) {
  const auto text = read_file(command.file);
  if (!text) return kDataError;
  const auto recording = parse_recording(*text);
  if (!recording) {
    std::cerr << "confman-sim: '" << command.file << "': " << recording.error() << "\n";
    return kDataError;
  }
  std::function<void(const std::string&)> tell;
  if (std::getenv("CONFMAN_TELL")) tell = [](const std::string& line) { std::cout << line << "\n"; };
  const RunResult result = replay(*recording, tell);
  if (result.failure) {
    std::cout << name_of(result.failure->kind) << " " << result.failure->oracle << ": "
              << result.failure->sentence << "\n";
  } else {
    std::cout << "no failure\n";
  }
  const bool same = reproduces(*recording, result);
  std::cout << (same ? "reproduced" : "not reproduced") << " after " << result.events << " of "
            << recording->events.size() << " events, hash " << std::hex << result.hash << "\n";
  return same ? kOk : kFailures;
}

LinearizabilityResult judge(const RegisterHistory& history) {
  return check_register(history.operations);
}
LinearizabilityResult judge(KvHistory& history) {
  return check_kv(history.operations, history.texts);
}

int run(const CheckCommand& command) {
  const auto text = read_file(command.file);
  if (!text) return kDataError;
  auto history = parse_history(*text);
  if (!history) {
    std::cerr << "confman-sim: '" << command.file << "', line " << history.error().line << ": "
              << history.error().message << "\n";
    return kDataError;
  }
  const LinearizabilityResult result =
      std::visit([](auto& operations) { return judge(operations); }, *history);
  switch (result.verdict) {
    case Verdict::Linearizable:
      std::cout << "linearizable\n";
      break;
    case Verdict::NotLinearizable:
      std::cout << "not linearizable\n";
      if (result.explanation) std::cerr << result.explanation->sentence << "\n";
      break;
    case Verdict::BudgetExhausted:
      std::cout << "no verdict: the search was given up\n";
      return kDataError;
  }
  return kOk;
}

int run(const HelpCommand&) {
  std::cout << kUsage;
  return kOk;
}

}  // namespace
}  // namespace confman::sim

int main(int argc, char** argv) {
  using namespace confman::sim;
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const auto command = parse_arguments(arguments);
  if (!command) {
    std::cerr << "confman-sim: " << command.error() << "\nTry 'confman-sim --help'.\n";
    return kUsageError;
  }
  catch_assertions();
  return std::visit([](const auto& chosen) { return run(chosen); }, *command);
}
