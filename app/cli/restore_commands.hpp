#pragma once

#include <string>

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

// Of a namespace, with a slash at its end.
int run_namespace_rollback(const Arguments& arguments);

int run_restore_point_create(const Arguments& arguments);
int run_restore_point_list(const Arguments& arguments);
int run_restore_point_delete(const Arguments& arguments);
int run_restore_point_rollback(const Arguments& arguments);

}  // namespace confman::cli
