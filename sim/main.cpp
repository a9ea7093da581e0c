#include <iostream>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/cli/commands.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/run.hpp"
#ifndef CONFMAN_SIM_ONLY
#include "sim/storage/sqlite_storage.hpp"
#endif

int confman::sim::run(const HelpCommand&) {
  std::cout << kUsage;
  return kExitGood;
}

int main(int argc, char** argv) {
  using namespace confman::sim;
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const auto command = parse_arguments(arguments);
  if (!command) {
    std::cerr << "confman-sim: " << command.error() << "\nTry 'confman-sim --help'.\n";
    return kExitUsage;
  }
  catch_assertions();
#ifndef CONFMAN_SIM_ONLY
  use_real_storage(make_sqlite_storage);
#endif
  return std::visit([](const auto& chosen) { return run(chosen); }, *command);
}
