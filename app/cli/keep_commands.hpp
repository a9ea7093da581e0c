#pragma once

#include "app/cli/arguments.hpp"

// How much there may be, how long it stays, and what is destroyed. Each returns the exit status, or
// throws Failure.
namespace confman::cli {

int run_quota_show(const Arguments& arguments);
int run_quota_set(const Arguments& arguments);
int run_quota_delete(const Arguments& arguments);
int run_retention_show(const Arguments& arguments);
int run_retention_set(const Arguments& arguments);
int run_retention_delete(const Arguments& arguments);
int run_destroy(const Arguments& arguments);

}  // namespace confman::cli
