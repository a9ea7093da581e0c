#pragma once

#include "sim/cli/arguments.hpp"

// What each command does, on files, the terminal and the real clock. Returns the exit code.
namespace confman::sim {

int run(const RunCommand& command);
int run(const ReplayCommand& command);
int run(const BranchCommand& command);
int run(const ShrinkCommand& command);
int run(const ShowCommand& command);
int run(const HuntCommand& command);
int run(const BenchCommand& command);
int run(const CheckCommand& command);
int run(const HelpCommand& command);

}  // namespace confman::sim
