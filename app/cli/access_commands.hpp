#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_login(const Arguments& arguments);
int run_logout(const Arguments& arguments);

int run_key_create(const Arguments& arguments);
int run_key_list(const Arguments& arguments);
int run_key_revoke(const Arguments& arguments);

int run_role_list(const Arguments& arguments);
int run_role_set(const Arguments& arguments);
int run_role_delete(const Arguments& arguments);

int run_access_grant(const Arguments& arguments);
int run_access_revoke(const Arguments& arguments);
int run_access_list(const Arguments& arguments);
int run_access_check(const Arguments& arguments);

int run_group_add(const Arguments& arguments);
int run_group_remove(const Arguments& arguments);
int run_group_list(const Arguments& arguments);

}  // namespace confman::cli
