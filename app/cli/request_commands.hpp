#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_request_list(const Arguments& arguments);
int run_request_show(const Arguments& arguments);
int run_request_diff(const Arguments& arguments);
int run_request_create(const Arguments& arguments);
int run_request_edit(const Arguments& arguments);

int run_request_submit(const Arguments& arguments);
int run_request_approve(const Arguments& arguments);
int run_request_reject(const Arguments& arguments);
int run_request_withdraw(const Arguments& arguments);
int run_request_comment(const Arguments& arguments);
int run_request_rebase(const Arguments& arguments);
int run_request_publish(const Arguments& arguments);
int run_request_review(const Arguments& arguments);

}  // namespace confman::cli
