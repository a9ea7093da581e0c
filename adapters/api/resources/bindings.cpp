#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/binding_body.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/query.hpp"

// What a namespace is held to.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  node::GetBinding get{.path = in.plan.path};
  return as_read(std::move(in), std::move(get));
}

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

Translated delete_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  domain::DeleteBinding command{.path = in.plan.path, .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

// --- out -----------------------------------------------------------------------------------------

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto binding = found<domain::FoundBinding>(std::move(outcome));
  // What is inherited has no version here.
  const bool own = binding.path == plan.path;
  const std::uint64_t version = binding.row.revision.index;
  return on_conditions(plan, request, own ? tag_of(version, Form::Json) : std::string(), [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    out.begin_object().member("namespace", plan.path).member("boundAt", binding.path);
    append_bound(out, binding.row.bound);
    out.member("version", version);
    out.member("revision", domain::to_string(binding.row.revision));
    append_author(out, binding.row.author);
    out.member("updatedAt", rfc3339(binding.row.updated_at.wall_ms)).end_object();
    return response;
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/bindings/{namespace…}";
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::ManageSchemas,
     .translate = put_one,
     .render = written,
     .parameters = kWriteParameters | set_of({Parameter::DryRun})},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::ManageSchemas,
     .translate = delete_one,
     .render = written,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::bindings() {
  return kRows;
}

}  // namespace confman::api
