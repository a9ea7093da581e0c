#pragma once

#include "app/cli/arguments.hpp"

namespace confman::cli {

// Each returns the exit status, or throws Failure.
int run_get(const Arguments& arguments);
int run_set(const Arguments& arguments);
int run_delete(const Arguments& arguments);
int run_list(const Arguments& arguments);
int run_history(const Arguments& arguments);
int run_watch(const Arguments& arguments);
int run_audit(const Arguments& arguments);
int run_status(const Arguments& arguments);
int run_namespace_create(const Arguments& arguments);
int run_namespace_describe(const Arguments& arguments);
int run_namespace_delete(const Arguments& arguments);
int run_namespace_list(const Arguments& arguments);
int run_cluster_members(const Arguments& arguments);
int run_cluster_add(const Arguments& arguments);
int run_cluster_promote(const Arguments& arguments);
int run_cluster_demote(const Arguments& arguments);
int run_cluster_remove(const Arguments& arguments);
int run_cluster_transfer(const Arguments& arguments);

}  // namespace confman::cli
