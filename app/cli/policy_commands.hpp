#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_policy_show(const Arguments& arguments);
int run_policy_set(const Arguments& arguments);
int run_policy_delete(const Arguments& arguments);

}  // namespace confman::cli
