#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_watch(const Arguments& arguments);

}  // namespace confman::cli
