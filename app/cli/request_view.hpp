#pragma once

#include <string>

#include "app/cli/client.hpp"
#include "domain/json/value.hpp"

// Requests, for people.
namespace confman::cli {

// "/api/v1/requests/17", and a step or a view behind it. Throws Failure(kUsage) for what is no id.
std::string request_target(const std::string& id, const std::string& behind = {});
std::string request_name(const std::string& id);  // "request 17"

// Throws Failure(kProtocol) where the answer can't be read.
json::Value value_of(const Answer& answer);

void print_request(const json::Value& request);
void print_request_diff(const json::Value& diff);

}  // namespace confman::cli
