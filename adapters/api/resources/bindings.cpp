#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/binding_body.hpp"
#include "adapters/api/resources/terms_resource.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/query.hpp"

// What a namespace is held to.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

// {"schemas":[…]}
Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto dry_run = in.parameters.boolean(Parameter::DryRun);
  if (!dry_run) return Refused(dry_run.error());
  auto object = read_json_object(in.headers.content_type, in.request.body, kBindingFields);
  if (!object) return Refused(std::move(object.error()));
  auto bound = bound_of_fields(*object);
  if (!bound) return Refused(std::move(bound.error()));
  domain::PutBinding command{
      .path = in.plan.path, .bound = std::move(*bound), .precondition = *precondition};
  auto write = as_write(std::move(in), std::move(command));
  if (write && dry_run->value_or(false)) {
    std::get<node::Write>(std::get<NodeOperation>(write->ask)).dry_run = true;
  }
  return write;
}

// --- out -----------------------------------------------------------------------------------------

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto binding = found<domain::FoundBinding>(std::move(outcome));
  // What is inherited has no version here.
  const bool own = binding.path == plan.path;
  const std::string tag = own ? tag_of(binding.row.revision.index, Form::Json) : std::string();
  return on_conditions(plan, request, tag, [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    out.begin_object().member("namespace", plan.path).member("boundAt", binding.path);
    append_bound(out, binding.row.bound);
    append_setting(out, binding.row);
    out.end_object();
    return response;
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/bindings/{namespace…}";
constexpr auto kRows =
    rows_of_terms(kOne, Permission::ManageSchemas, find_terms<node::GetBinding>, put_one,
                  delete_terms<domain::DeleteBinding>, one, set_of({Parameter::DryRun}));

}  // namespace

Rows resources::bindings() {
  return kRows;
}

}  // namespace confman::api
