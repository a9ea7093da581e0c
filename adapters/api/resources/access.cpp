#include <array>
#include <utility>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/access_body.hpp"
#include "domain/access/principal.hpp"
#include "domain/access/query.hpp"

// What somebody may do in a namespace, and why.
namespace confman::api {
namespace {

Translated check(Incoming&& in) {
  domain::CheckAccess query{.path = in.plan.path};
  if (const std::string* principal = in.parameters.find(Parameter::Principal)) {
    if (!domain::parse_principal(*principal)) {
      return Refused(unusable("bad_principal", Parameter::Principal,
                              "A principal is user:NAME, service:NAME or group:NAME."));
    }
    query.principal = *principal;
  }
  if (const std::string* name = in.parameters.find(Parameter::Permission)) {
    query.permission = domain::permission_named(*name);
    if (!query.permission) {
      return Refused(unusable("bad_permission", Parameter::Permission,
                              "There is no such permission: GET /api/v1/roles/admin lists all."));
    }
    in.plan.key = *name;
  }
  return as_read(std::move(in), std::move(query));
}

http::Response answered(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto access = found<domain::FoundAccess>(std::move(outcome));
  return on_conditions(plan, request, {}, [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    out.begin_object().member("namespace", plan.path);
    out.member("principal", access.principal.empty() ? "anonymous" : access.principal);
    append_permissions(out, "permissions", access.permissions);
    if (!plan.key.empty()) {
      const auto permission = domain::permission_named(plan.key);
      out.member("permission", plan.key);
      out.member("allowed", permission && access.permissions.has(*permission));
      if (access.grant) {
        out.key("because").begin_object().member("namespace", access.grant->path);
        out.member("principal", access.grant->principal);
        out.member("role", access.grant->role).end_object();
      }
    }
    out.end_object();
    return response;
  });
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/access/{namespace…}",
     .methods = kGetAndHead,
     .permission = Permission::Known,
     .translate = check,
     .render = answered,
     .parameters = kReadParameters | set_of({Parameter::Principal, Parameter::Permission})},
});

}  // namespace

Rows resources::access() {
  return kRows;
}

}  // namespace confman::api
