#pragma once

#include <string>

#include "domain/json/value.hpp"

// Requests, for people.
namespace confman::cli {

// "/api/v1/requests/17", and a step or a view behind it. Throws Failure(kUsage) for what is no id.
std::string request_target(const std::string& id, const std::string& behind = {});
std::string request_name(const std::string& id);  // "request 17"

void print_request(const json::Value& request);
void print_request_diff(const json::Value& diff);

}  // namespace confman::cli
