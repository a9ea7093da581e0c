#include "adapters/api/operation.hpp"

#include <utility>

#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"

namespace confman::api {
namespace {

using http::Method;

constexpr ParameterSet kReadParameters = set_of(
    {Parameter::Consistency, Parameter::MaxStaleness, Parameter::MinVersion, Parameter::Timeout});
constexpr ParameterSet kWriteParameters = set_of({Parameter::Forward, Parameter::Timeout});
constexpr ParameterSet kPageParameters = set_of({Parameter::Limit, Parameter::Cursor});

ParameterSet parameters_of(Resource resource, Method method) {
  using enum Parameter;
  switch (resource) {
    case Resource::Entry:
      return is_read(method) ? kReadParameters | set_of({Version}) : kWriteParameters;
    case Resource::Namespace:
      return is_read(method) ? kReadParameters : kWriteParameters;
    case Resource::Entries:
      return kReadParameters | kPageParameters | set_of({Recursive, Prefix, Label});
    case Resource::Namespaces:
      return kReadParameters | kPageParameters | set_of({Recursive});
    case Resource::History:
      return kReadParameters | kPageParameters;
    case Resource::Audit:
      return kReadParameters | kPageParameters | set_of({Actor, Action});
    case Resource::Watch:
      return set_of({Consistency, Key, Since, LastEventId, Wait});
    case Resource::Member:
    case Resource::Transfer:
      return set_of({Timeout});
    case Resource::AuditHead:
    case Resource::Status:
    case Resource::Members:
    case Resource::Live:
    case Resource::Ready:
      return 0;
  }
  return 0;
}

struct Methods {
  bool get = false;
  bool head = false;
  bool put = false;
  bool remove = false;
  bool post = false;
  std::string_view names;
};
constexpr Methods methods_of(Resource resource) {
  switch (resource) {
    case Resource::Entry:
    case Resource::Namespace:
      return {.get = true,
              .head = true,
              .put = true,
              .remove = true,
              .names = "GET, HEAD, PUT, DELETE, OPTIONS"};
    case Resource::Watch:
      return {.get = true, .names = "GET, OPTIONS"};
    case Resource::Member:
      return {.put = true, .remove = true, .names = "PUT, DELETE, OPTIONS"};
    case Resource::Transfer:
      return {.post = true, .names = "POST, OPTIONS"};
    default:
      return {.get = true, .head = true, .names = "GET, HEAD, OPTIONS"};
  }
}

std::expected<void, http::Problem> check_method(Resource resource, const http::Request& request) {
  const Methods methods = methods_of(resource);
  const bool is_write = request.method == Method::Put || request.method == Method::Delete;
  const bool known = (request.method == Method::Get && methods.get) ||
                     (request.method == Method::Head && methods.head) ||
                     (request.method == Method::Put && methods.put) ||
                     (request.method == Method::Delete && methods.remove) ||
                     (request.method == Method::Post && methods.post);
  if (known) return {};
  if (resource == Resource::Entries && is_write) {
    return Refused(problem_of(domain::NameFault{domain::NameFaultKind::Empty, 0}, "The key"));
  }
  const std::string_view allowed = allowed_methods(resource);
  // RFC 9110 §9.1: who names a method that nobody here knows is told so, whatever the resource.
  if (request.method == Method::Other && request.method_name != "TRACE") {
    return refuse("unknown_method",
                  "The server has no method of that name; names are in capitals.");
  }
  http::Problem result =
      problem("method_not_allowed", "This resource knows " + std::string(allowed) + ".");
  add_text(result, "allowed", allowed);
  return Refused(std::move(result));
}

std::expected<void, http::Problem> check_form(const Plan& plan) {
  bool possible = plan.accept.wants(Form::Json);
  if (plan.resource == Resource::Entry && is_read(plan.method)) {
    possible = possible || plan.accept.wants(Form::Yaml) || plan.accept.wants(Form::Text) ||
               plan.accept.wants(Form::Octets);
  }
  if (plan.resource == Resource::Watch) possible = possible || plan.accept.wants(Form::Events);
  if (possible) return {};
  http::Problem result =
      problem("not_acceptable",
              "The API answers in application/json; one entry also in application/yaml, "
              "text/plain and application/octet-stream; a watch also in text/event-stream.");
  add_text(result, "header", "Accept");
  return Refused(std::move(result));
}

Translated local(Incoming&& in, Local what) {
  return Operation{.ask = what, .timeout = in.rules.default_timeout, .plan = std::move(in.plan)};
}

Translated dispatch(Incoming&& in) {
  switch (in.plan.resource) {
    case Resource::Entry:
      return translate_entry(std::move(in));
    case Resource::Entries:
      return translate_entries(std::move(in));
    case Resource::History:
      return translate_history(std::move(in));
    case Resource::Namespace:
      return translate_namespace(std::move(in));
    case Resource::Namespaces:
      return translate_namespaces(std::move(in));
    case Resource::Watch:
      return translate_watch(std::move(in));
    case Resource::Audit:
      return translate_audit(std::move(in));
    case Resource::AuditHead:
      return local(std::move(in), Local::AuditHead);
    case Resource::Status:
      return local(std::move(in), Local::Status);
    case Resource::Members:
      return local(std::move(in), Local::Members);
    case Resource::Member:
      return translate_member(std::move(in));
    case Resource::Transfer:
      return translate_transfer(std::move(in));
    case Resource::Live:
      return local(std::move(in), Local::Live);
    case Resource::Ready:
      return local(std::move(in), Local::Ready);
  }
  return refuse("unknown_path", "There is nothing under this path.");
}

}  // namespace

std::string_view allowed_methods(Resource resource) {
  return methods_of(resource).names;
}

std::expected<Operation, http::Problem> translate(http::Request& request, const Rules& rules,
                                                  const ValueChecker* checker) {
  auto route = find_route(request.path());
  if (!route) return Refused(std::move(route.error()));
  if (request.method == Method::Options) {
    return Operation{.ask = Local::Options, .timeout = rules.default_timeout, .plan = {}};
  }
  if (auto ok = check_method(route->resource, request); !ok) return Refused(std::move(ok.error()));

  RequestHeaders headers;
  if (auto ok = read_headers(request.headers, headers); !ok) return Refused(std::move(ok.error()));
  const bool probe = route->resource == Resource::Live || route->resource == Resource::Ready;
  if (!probe) {
    if (auto ok = check_credentials(headers, rules.development_mode); !ok)
      return Refused(std::move(ok.error()));
  }
  if (request.method == Method::Delete && !request.body.empty()) {
    return refuse("unexpected_body", "A DELETE has no body.");
  }
  if (!is_read(request.method)) {
    if (auto ok = check_representation(headers); !ok) return Refused(std::move(ok.error()));
  }

  auto accept = Accept::parse(probe ? std::string_view() : headers.accept);
  if (!accept) return Refused(std::move(accept.error()));
  Plan plan{.resource = route->resource,
            .method = request.method,
            .path = std::move(route->path),
            .key = std::move(route->key),
            .accept = *accept,
            .conditions = {},
            .cursor_scope = 0,
            .stream = false};
  if (auto ok = check_form(plan); !ok) return Refused(std::move(ok.error()));

  const auto parameters =
      Parameters::parse(request.query(), parameters_of(plan.resource, plan.method));
  if (!parameters) return Refused(parameters.error());
  return dispatch({.request = request,
                   .headers = headers,
                   .parameters = *parameters,
                   .rules = rules,
                   .checker = checker,
                   .plan = std::move(plan)});
}

}  // namespace confman::api
