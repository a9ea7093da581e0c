#include <utility>
#include <vector>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/quota_body.hpp"
#include "adapters/api/resources/terms_resource.hpp"
#include "domain/quotas/commands.hpp"

// How much may be live in a namespace and below it.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto body = read_json_object(in.headers.content_type, in.request.body, kQuotaFields);
  if (!body) return Refused(body.error());
  const auto limits = quota_of_fields(*body);
  if (!limits) return Refused(limits.error());
  domain::PutQuota command{.path = in.plan.path,
                           .precondition = *precondition,
                           .max_entries = limits->entries,
                           .max_bytes = limits->bytes};
  return as_write(std::move(in), std::move(command));
}

// --- out -----------------------------------------------------------------------------------------

// All that hold there. Only one that was set at that very path has a version to name.
http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto quotas = found<std::vector<domain::FoundQuota>>(std::move(outcome));
  const bool here = !quotas.empty() && quotas.front().path == plan.path;
  const std::string tag = here ? tag_of(quotas.front().row.revision.index, Form::Json) : "";
  return on_conditions(plan, request, tag, [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    out.begin_object().member("namespace", plan.path).key("quotas").begin_array();
    for (const domain::FoundQuota& quota : quotas) append_quota(out, quota);
    out.end_array().end_object();
    return response;
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/quotas/{namespace…}";
constexpr auto kRows =
    rows_of_terms(kOne, Permission::ManageNamespaces, find_terms<domain::FindQuotas>, put_one,
                  delete_terms<domain::DeleteQuota>, one);

}  // namespace

Rows resources::quotas() {
  return kRows;
}

}  // namespace confman::api
