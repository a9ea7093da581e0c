#pragma once

#include <string>

#include "app/cli/arguments.hpp"
#include "app/cli/document.hpp"

// Each returns the exit status, or throws Failure.
namespace confman::cli {

int run_draft_put(const Arguments& arguments);
int run_draft_delete(const Arguments& arguments);

// "request 17 is pending_review, version 2: Put /a k"
std::string request_in_words(const Document& request, const std::string& name);

}  // namespace confman::cli
