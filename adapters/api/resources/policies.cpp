#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/policy_body.hpp"
#include "adapters/api/resources/terms_resource.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/query.hpp"

// What publishing takes in a namespace.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto body = read_json_object(in.headers.content_type, in.request.body, kPolicyFields);
  if (!body) return Refused(body.error());
  auto terms = terms_of_fields(*body);
  if (!terms) return Refused(std::move(terms.error()));
  domain::PutPolicy command{
      .path = in.plan.path, .precondition = *precondition, .terms = std::move(*terms)};
  return as_write(std::move(in), std::move(command));
}

// --- out -----------------------------------------------------------------------------------------

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto policy = found<domain::EffectivePolicy>(std::move(outcome));
  return effective_terms(plan, request, policy,
                         [&](json::Writer& out) { append_terms(out, policy.terms()); });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/policies/{namespace…}";
constexpr auto kRows = rows_of_terms(kOne, Permission::ManagePolicy, find_terms<domain::FindPolicy>,
                                     put_one, delete_terms<domain::DeletePolicy>, one);

}  // namespace

Rows resources::policies() {
  return kRows;
}

}  // namespace confman::api
