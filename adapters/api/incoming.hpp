#pragma once

#include <expected>
#include <string>

#include "adapters/api/endpoint.hpp"
#include "adapters/api/operation.hpp"
#include "adapters/api/parameters.hpp"
#include "adapters/api/request_headers.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"

// What an endpoint's translate() is given, and what most of them make of it.
namespace confman::api {

// One request on its way through translate(): what is common to all has been checked, what is its
// endpoint's own comes next.
struct Incoming {
  http::Request& request;
  const RequestHeaders& headers;
  const Parameters& parameters;
  const Rules& rules;
  const ValueChecker* checker;
  domain::Credentials credentials;
  Plan plan;
};

// A read of the state, with the parameters that all of them have.
inline constexpr ParameterSet kReadParameters = set_of(
    {Parameter::Consistency, Parameter::MaxStaleness, Parameter::MinVersion, Parameter::Timeout});
Translated as_read(Incoming&& in, node::Query query);

// A change of it, likewise.
inline constexpr ParameterSet kWriteParameters = set_of({Parameter::Forward, Parameter::Timeout});
Translated as_write(Incoming&& in, domain::CommandBody body);

// The beginning of keys, of listings: by the rules of keys, so that one that no key can have isn't
// answered with an empty page.
std::expected<std::string, http::Problem> read_prefix(const Incoming& in);

// Nobody is asked.
template <Local answer>
Translated as_local(Incoming&& in) {
  return Operation{.ask = answer,
                   .timeout = in.rules.default_timeout,
                   .from = in.credentials,
                   .plan = std::move(in.plan)};
}

// The parameter that every request to the node has.
std::expected<Duration, http::Problem> timeout_of(const Incoming& in);
}  // namespace confman::api
