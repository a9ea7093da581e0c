#pragma once

#include "adapters/api/incoming.hpp"
#include "adapters/api/resources/change_body.hpp"
#include "domain/catalogue.hpp"

namespace confman::api {

// Instead of the change by itself, a draft of it: the parameter title says what for.
Translated as_draft(Incoming&& in, domain::CommandBody change);

// A write of a request with these changes, which is answered with the request.
Translated as_write_of_request(Incoming&& in, domain::CommandBody command, ReadChanges&& changes);

// The id that the path names. Refused: request_not_found.
std::expected<std::uint64_t, http::Problem> request_id(const Plan& plan);

}  // namespace confman::api
