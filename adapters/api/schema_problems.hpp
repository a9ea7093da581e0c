#pragma once

#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"
#include "app/node/request.hpp"
#include "domain/json/writer.hpp"
#include "domain/schema/fault.hpp"

// What is wrong with a schema, and with what is held to one.
namespace confman::api {

http::Problem problem_of(const schema::Fault& fault);

// Of a write that wasn't made because of its verdict, which isn't a good one.
http::Problem problem_of(const node::Judged& judged);
// Of one that was only to be tried.
http::Response trial_document(const node::Judged& judged);

// The array of what a verdict has found.
void append_findings(json::Writer& out, const std::vector<domain::Finding>& findings);

}  // namespace confman::api
