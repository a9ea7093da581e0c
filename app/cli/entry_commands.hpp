#pragma once

#include "app/cli/arguments.hpp"
#include "app/cli/exchange.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/value_source.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_get(const Arguments& arguments);
int run_set(const Arguments& arguments);
int run_delete(const Arguments& arguments);
int run_list(const Arguments& arguments);
int run_history(const Arguments& arguments);

// What --encrypted and --plain ask for.
void add_secrecy(const Arguments& arguments, Query& query);
// What a PUT of an entry carries.
void add_entry_body(const Arguments& arguments, SourceValue value, Call& call);

}  // namespace confman::cli
