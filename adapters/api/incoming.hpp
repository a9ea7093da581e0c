#pragma once

#include <expected>

#include "adapters/api/operation.hpp"
#include "adapters/api/parameters.hpp"
#include "adapters/api/request_headers.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"

// Inside translate(): what is common to a request has been checked, what is its resource's own
// comes next. One function for each resource.
namespace confman::api {

// One request on its way through translate().
struct Incoming {
  http::Request& request;
  const RequestHeaders& headers;
  const Parameters& parameters;
  const Rules& rules;
  const ValueChecker* checker;
  Plan plan;
};

using Translated = std::expected<Operation, http::Problem>;

Translated translate_entry(Incoming&& in);
Translated translate_namespace(Incoming&& in);
Translated translate_entries(Incoming&& in);
Translated translate_namespaces(Incoming&& in);
Translated translate_history(Incoming&& in);
Translated translate_audit(Incoming&& in);
Translated translate_watch(Incoming&& in);
Translated translate_member(Incoming&& in);
Translated translate_transfer(Incoming&& in);

// With the parameters that all reads have, and all writes.
Translated as_read(Incoming&& in, node::Query query);
Translated as_write(Incoming&& in, domain::CommandBody body);

// The parameter that every request has.
std::expected<Duration, http::Problem> timeout_of(const Incoming& in);
// Who is asking.
domain::Actor actor_of(const Incoming& in);

inline bool is_read(http::Method method) {
  return method == http::Method::Get || method == http::Method::Head;
}

}  // namespace confman::api
