#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_cluster_members(const Arguments& arguments);
int run_cluster_add(const Arguments& arguments);
int run_cluster_promote(const Arguments& arguments);
int run_cluster_demote(const Arguments& arguments);
int run_cluster_remove(const Arguments& arguments);
int run_cluster_transfer(const Arguments& arguments);

}  // namespace confman::cli
