#include "app/cli/confirmation.hpp"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <unistd.h>

#include "app/cli/failure.hpp"
#include "app/cli/output.hpp"

namespace confman::cli {

bool asks_first(const Arguments& arguments, std::string_view what) {
  const bool asks = !arguments.has("--yes");
  if (asks && ::isatty(STDIN_FILENO) == 0) {
    throw Failure(kUsage,
                  std::string(what) + " and asks, which takes a terminal: in a script use --yes.");
  }
  return asks;
}

bool says_yes(const std::string& question) {
  std::cerr << question << " [y/N] " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  std::ranges::transform(line, line.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (line == "y" || line == "yes") return true;
  note("nothing was done");
  return false;
}

}  // namespace confman::cli
