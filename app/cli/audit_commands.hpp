#pragma once

#include "app/cli/arguments.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_audit(const Arguments& arguments);
int run_audit_export(const Arguments& arguments);
int run_audit_verify(const Arguments& arguments);

}  // namespace confman::cli
