#pragma once

#include "app/cli/arguments.hpp"

namespace confman::cli {

int run_schema_put(const Arguments& arguments);
int run_schema_show(const Arguments& arguments);
int run_schema_list(const Arguments& arguments);
int run_schema_history(const Arguments& arguments);
int run_schema_delete(const Arguments& arguments);
int run_schema_bind(const Arguments& arguments);
int run_schema_unbind(const Arguments& arguments);
int run_schema_bound(const Arguments& arguments);
int run_schema_check(const Arguments& arguments);

}  // namespace confman::cli
