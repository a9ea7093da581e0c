#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_status(const Arguments& arguments);

}  // namespace confman::cli
