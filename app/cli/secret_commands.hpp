#pragma once

#include "app/cli/arguments.hpp"

namespace confman::cli {

int run_secret_rewrap(const Arguments& arguments);

}  // namespace confman::cli
