#pragma once

#include <string>
#include <string_view>

#include "app/cli/arguments.hpp"

namespace confman::cli {

// Whether somebody is asked before it is done: not with --yes. Throws Failure(kUsage) where there
// is no terminal to ask at; `what` begins the sentence: "approve shows what is to be agreed to".
bool asks_first(const Arguments& arguments, std::string_view what);
// Asks at the terminal. False: told on standard error that nothing was done.
bool says_yes(const std::string& question);

}  // namespace confman::cli
