#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_namespace_create(const Arguments& arguments);
int run_namespace_delete(const Arguments& arguments);
int run_namespace_describe(const Arguments& arguments);
int run_namespace_list(const Arguments& arguments);

}  // namespace confman::cli
