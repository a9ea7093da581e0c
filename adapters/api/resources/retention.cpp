#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/retention_body.hpp"
#include "adapters/api/resources/terms_resource.hpp"
#include "domain/retention/commands.hpp"

// How long versions stay in a namespace.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto body = read_json_object(in.headers.content_type, in.request.body, kRetentionFields);
  if (!body) return Refused(body.error());
  const auto terms = retention_of_fields(*body);
  if (!terms) return Refused(terms.error());
  domain::PutRetention command{.path = in.plan.path,
                               .precondition = *precondition,
                               .keep_versions = terms->versions,
                               .keep_ms = terms->age_ms};
  return as_write(std::move(in), std::move(command));
}

// --- out -----------------------------------------------------------------------------------------

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto terms = found<domain::EffectiveRetention>(std::move(outcome));
  return effective_terms(plan, request, terms, [&](json::Writer& out) {
    out.member("keepsAll", terms.row.keeps_all());
    append_retention(out, terms.row.keep_versions, terms.row.keep_ms);
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/retention/{namespace…}";
constexpr auto kRows =
    rows_of_terms(kOne, Permission::ManagePolicy, find_terms<domain::FindRetention>, put_one,
                  delete_terms<domain::DeleteRetention>, one);

}  // namespace

Rows resources::retention() {
  return kRows;
}

}  // namespace confman::api
