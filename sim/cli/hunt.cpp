#include "sim/hunt/hunt.hpp"

#include <chrono>
#include <csignal>
#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/runner.hpp"

namespace confman::sim {
namespace {

volatile std::sig_atomic_t interrupted = 0;

// The first one ends the hunt, the second one the process.
extern "C" void on_signal(int number) {
  interrupted = 1;
  std::signal(number, SIG_DFL);
}

}  // namespace

int run(const HuntCommand& command) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::seconds(command.seconds);
  HuntOptions options;
  options.corpus = command.corpus;
  options.jobs = threads_for(command.jobs);
  options.first_seed = command.first_seed;
  options.stop = [&] {
    return interrupted != 0 || (command.seconds > 0 && Clock::now() >= deadline);
  };
  const HuntReport report = hunt(options, std::cout);
  if (!report.why.empty()) std::cerr << "confman-sim: " << report.why << "\n";
  return report.exit_code;
}

}  // namespace confman::sim
