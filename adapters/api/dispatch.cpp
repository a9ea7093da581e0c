#include "adapters/api/dispatch.hpp"

#include <string>
#include <utility>

#include "adapters/api/answer.hpp"
#include "adapters/api/endpoint_table.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/request_headers.hpp"

namespace confman::api {
namespace {

using http::Method;

// RFC 9110 §10.2.1. Precondition: the path is known.
const std::string& allow_of(const http::Request& request) {
  return EndpointTable::of_api().find(request.path())->entry->allow();
}

http::Response answer_options(const LocalView& view) {
  http::Response response(204);
  response.add_header("Allow", allow_of(view.request));
  return response;
}

Refused refuse_method(const PathEntry& entry, const http::Request& request) {
  const PathEntry* one = EndpointTable::of_api().with_key(entry);
  if (one != nullptr && one->find(request.method) != nullptr) {
    return Refused(
        problem_of(domain::NameFault{domain::NameFaultKind::Empty, 0}, one->pattern().what()));
  }
  // RFC 9110 §9.1: who names a method that nobody here knows is told so, whatever the resource.
  if (request.method == Method::Other && request.method_name != "TRACE") {
    return refuse("unknown_method",
                  "The server has no method of that name; names are in capitals.");
  }
  http::Problem result =
      problem("method_not_allowed", "This resource knows " + entry.allow() + ".");
  add_text(result, "allowed", entry.allow());
  return Refused(std::move(result));
}

// RFC 9112 §6.3: without a length it is empty. Where that is never meant, the client has forgotten
// it, and whatever it sends then would be taken for another request.
bool lacks_length(const Endpoint& endpoint, const http::Request& request) {
  return request.method == Method::Post && !endpoint.body_may_be_empty && request.body.empty() &&
         !request.headers.get("Content-Length") && !request.headers.get("Transfer-Encoding");
}

Refused refuse_form() {
  http::Problem result =
      problem("not_acceptable",
              "The API answers in application/json; one entry also in application/yaml, "
              "text/plain and application/octet-stream; a watch also in text/event-stream.");
  add_text(result, "header", "Accept");
  return Refused(std::move(result));
}

}  // namespace

Translated translate(http::Request& request, const Rules& rules, const ValueChecker* checker) {
  auto route = EndpointTable::of_api().find(request.path());
  if (!route) return Refused(std::move(route.error()));
  if (request.method == Method::Options) {
    return Operation{.ask = answer_options, .timeout = rules.default_timeout, .plan = {}};
  }
  const Endpoint* endpoint = route->entry->find(request.method);
  if (endpoint == nullptr) return refuse_method(*route->entry, request);

  RequestHeaders headers;
  if (auto ok = read_headers(request.headers, headers); !ok) return Refused(std::move(ok.error()));
  domain::Credentials credentials;
  if (endpoint->permission != Permission::None) {
    auto read = read_credentials(headers, rules.development_mode, request.client_address);
    if (!read) return Refused(std::move(read.error()));
    credentials = std::move(*read);
  }
  if (request.method == Method::Delete && !request.body.empty()) {
    return refuse("unexpected_body", "A DELETE has no body.");
  }
  if (lacks_length(*endpoint, request)) {
    return Refused(problem("length_required"));
  }
  if (!http::is_safe(request.method)) {
    if (auto ok = check_representation(headers); !ok) return Refused(std::move(ok.error()));
  }

  const bool any_form = endpoint->forms == 0;
  auto accept = Accept::parse(any_form ? std::string_view() : headers.accept);
  if (!accept) return Refused(std::move(accept.error()));
  if (!any_form && !accept->wants_any(endpoint->forms)) return refuse_form();

  const auto parameters = Parameters::parse(request.query(), endpoint->parameters);
  if (!parameters) return Refused(parameters.error());
  return endpoint->translate({.request = request,
                              .headers = headers,
                              .parameters = *parameters,
                              .rules = rules,
                              .checker = checker,
                              .credentials = std::move(credentials),
                              .plan = {.endpoint = endpoint,
                                       .method = request.method,
                                       .path = std::move(route->path),
                                       .key = std::move(route->key),
                                       .accept = *accept,
                                       .conditions = {}}});
}

http::Response refused(http::Problem&& problem, const http::Request& request) {
  const bool method = problem.code == "method_not_allowed";
  http::Response response = refusal(std::move(problem), request);
  if (method) response.add_header("Allow", allow_of(request));
  return response;
}

}  // namespace confman::api
