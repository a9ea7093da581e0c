#pragma once

#include <string>

#include "adapters/api/operation.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/http/message.hpp"
#include "domain/json/writer.hpp"
#include "domain/review/query.hpp"

// The documents of requests.
namespace confman::api {

// As listings have them: an object.
void append_found_request(json::Writer& out, const domain::FoundRequest& request);
// All there is to one: an object.
void append_request(json::Writer& out, const domain::RequestView& view);
// What each change does; `body` is what `out` writes to.
void append_request_diff(json::Writer& out, const std::string& body,
                         const domain::RequestView& view);

// A Render of what makes a request or does something with one: the request as it is then, if it is
// still at the version that this made of it and could be read in time; else its id and version.
http::Response request_written(const Plan& plan, const http::Request& request,
                               NodeOutcome&& outcome);

}  // namespace confman::api
