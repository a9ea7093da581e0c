#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "app/cli/arguments.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/output.hpp"

namespace {

using namespace confman::cli;

int run(const std::vector<std::string>& words) {
  const Arguments arguments = parse_arguments(words);
  if (arguments.has("--help")) {
    print(arguments.command == nullptr ? help() : help_for(*arguments.command));
    return kOk;
  }
  if (arguments.command == nullptr) {
    print_line("confman " CONFMAN_VERSION);
    return kOk;
  }
  return arguments.command->run(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  install_signal_handlers();
  int status = kInternal;
  try {
    status = run({argv + 1, argv + argc});
    flush_output();
  } catch (const Failure& failure) {
    status = failure.status;
    const std::string message = failure.what();
    if (!message.empty()) std::fprintf(stderr, "confman: %s\n", message.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "confman: %s\n", error.what());
  }
  return status;
}
