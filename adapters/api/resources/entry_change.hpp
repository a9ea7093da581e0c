#pragma once

#include <expected>

#include "adapters/api/incoming.hpp"
#include "domain/entries/commands.hpp"

namespace confman::api {

// What a PUT or DELETE of an entry asks for, be it done at once or by a draft. Takes the body.
std::expected<domain::PutEntry, http::Problem> read_put(Incoming& in);
std::expected<domain::DeleteEntry, http::Problem> read_delete(const Incoming& in);

}  // namespace confman::api
