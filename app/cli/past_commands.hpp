#pragma once

#include "app/cli/arguments.hpp"

namespace confman::cli {

int run_rollback(const Arguments& arguments);
int run_diff(const Arguments& arguments);
int run_resolve(const Arguments& arguments);

}  // namespace confman::cli
