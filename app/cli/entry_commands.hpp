#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_get(const Arguments& arguments);
int run_set(const Arguments& arguments);
int run_delete(const Arguments& arguments);
int run_list(const Arguments& arguments);
int run_history(const Arguments& arguments);

}  // namespace confman::cli
