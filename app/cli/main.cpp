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

// What is printed already is whole lines; it goes out before the failure does.
int told(const Failure& failure) {
  std::fflush(stdout);
  const std::string message = failure.what();
  if (message.empty()) return failure.status;
  const std::string text = errors_are_json() ? failure.as_json() : "confman: " + message;
  std::fprintf(stderr, "%s\n", text.c_str());
  return failure.status;
}

}  // namespace

int main(int argc, char** argv) {
  install_signal_handlers();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (asks_for_json(words)) write_errors_as_json();
  try {
    const int status = run(words);
    flush_output();
    return status;
  } catch (const Failure& failure) {
    return told(failure);
  } catch (const std::exception& error) {
    return told(Failure(kInternal, error.what()));
  }
}
