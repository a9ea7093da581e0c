#pragma once

#include <expected>

#include "adapters/api/operation.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"

// The way in: from an HTTP request to what the node is asked, by the table of endpoints.
namespace confman::api {

// Every check that needs no state. May take the request's body; leaves the rest as it was.
Translated translate(http::Request& request, const Rules& rules, const ValueChecker* checker);

// The answer to what translate() refused.
http::Response refused(http::Problem&& problem, const http::Request& request);

}  // namespace confman::api
