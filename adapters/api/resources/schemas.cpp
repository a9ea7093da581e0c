#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/schema_problems.hpp"
#include "adapters/api/value_check.hpp"
#include "domain/bindings/commands.hpp"
#include "domain/bindings/query.hpp"
#include "domain/bindings/references.hpp"
#include "domain/bindings/verdict.hpp"

// Schemas: documents of a namespace, in versions.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  const auto version = in.parameters.version(Parameter::Version);
  if (!version) return Refused(version.error());
  node::GetSchema get{.path = in.plan.path, .name = in.plan.key, .version = *version};
  return as_read(std::move(in), std::move(get));
}

std::expected<void, http::Problem> check_type(const Incoming& in) {
  static constexpr std::string_view kAccepted = "application/schema+json, application/json";
  if (!in.headers.content_type || in.headers.content_type->empty()) {
    return unsupported_type(kAccepted);
  }
  auto type = media_type_without_parameters(*in.headers.content_type);
  if (!type) {
    add_text(type.error(), "header", "Content-Type");
    return Refused(std::move(type.error()));
  }
  if (http::equals_ignoring_case(*type, "application/json") ||
      http::equals_ignoring_case(*type, "application/schema+json")) {
    return {};
  }
  return unsupported_type(kAccepted);
}

// Whether the reference that can't be followed here may lead to a schema of the cluster: then the
// node compiles it, which knows them.
bool is_for_the_node(const Incoming& in, const schema::Fault& fault) {
  const std::string base = domain::uri_of(domain::SchemaName{in.plan.path, in.plan.key});
  return fault.kind == schema::FaultKind::UnknownRef &&
         !domain::references_in(in.request.body, base).empty();
}

// The body is the schema. It is compiled before it is proposed: the state machine never runs a
// validator.
Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto force = in.parameters.boolean(Parameter::Force);
  if (!force) return Refused(force.error());
  if (auto ok = check_type(in); !ok) return Refused(std::move(ok.error()));
  if (in.rules.patterns == nullptr) return refuse("not_ready", "This process takes no schemas.");
  const auto options =
      domain::Judge::options_for({in.plan.path, in.plan.key}, !force->value_or(false));
  const auto compiled = schema::compile(in.request.body, options, in.rules.patterns);
  if (!compiled && !is_for_the_node(in, compiled.error())) {
    return Refused(problem_of(compiled.error()));
  }
  domain::PutSchema command{.path = in.plan.path,
                            .name = in.plan.key,
                            .text = std::move(in.request.body),
                            .precondition = *precondition};
  Translated write = as_write(std::move(in), std::move(command));
  if (write)
    std::get<node::Write>(std::get<NodeOperation>(write->ask)).force = force->value_or(false);
  return write;
}

Translated delete_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  domain::DeleteSchema command{
      .path = in.plan.path, .name = in.plan.key, .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

Translated list(Incoming&& in) {
  auto page = read_page(in, {"schemas", in.plan.path});
  if (!page) return Refused(std::move(page.error()));
  domain::ListSchemas query{.path = in.plan.path, .after = std::nullopt, .limit = page->limit};
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(query));
}

Translated list_versions(Incoming&& in) {
  auto page = read_page(in, {"schema-versions", in.plan.path, in.plan.key});
  if (!page) return Refused(std::move(page.error()));
  domain::ListSchemaVersions query{
      .path = in.plan.path, .name = in.plan.key, .before = std::nullopt, .limit = page->limit};
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    query.before = numbers->first;
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_head(json::Writer& out, const Plan& plan, const domain::FoundSchemaHead& found) {
  out.begin_object().member("namespace", plan.path).member("name", found.name);
  out.member("version", found.row.version);
  out.member("revision", domain::to_string(found.row.revision)).member("uses", found.row.uses);
  append_author(out, found.row.author);
  out.member("createdAt", rfc3339(found.row.created_at.wall_ms));
  out.member("updatedAt", rfc3339(found.row.updated_at.wall_ms)).end_object();
}

void append_version(json::Writer& out, const Plan& plan, const domain::FoundSchemaVersion& found) {
  out.begin_object().member("namespace", plan.path).member("name", plan.key);
  out.member("version", found.version).member("bytes", found.bytes);
  out.member("revision", domain::to_string(found.row.revision));
  append_author(out, found.row.author);
  out.member("createdAt", rfc3339(found.row.created_at.wall_ms)).end_object();
}

http::Response in_form(const Plan& plan, domain::FoundSchema&& found, Form form) {
  if (form == Form::Octets) {
    http::Response response(200);
    response.add_header("Content-Type", media_type_of(Form::Octets));
    response.add_header("X-Confman-Content-Type", "application/schema+json");
    response.body = std::move(found.row.text);
    return response;
  }
  http::Response response = json_document();
  response.body.reserve(found.row.text.size() + 512);
  json::Writer out(response.body);
  out.begin_object().member("namespace", plan.path).member("name", plan.key);
  out.member("version", found.version);
  out.member("revision", domain::to_string(found.row.revision));
  out.key("schema").raw(found.row.text);
  append_author(out, found.row.author);
  out.member("createdAt", rfc3339(found.row.created_at.wall_ms));
  if (found.head.deleted) out.member("deleted", true);
  out.end_object();
  return response;
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  auto schema = found<domain::FoundSchema>(std::move(outcome));
  const Form form = *plan.accept.choose(std::array{Form::Json, Form::Octets});
  return on_conditions(plan, request, tag_of(schema.version, form),
                       [&] { return in_form(plan, std::move(schema), form); });
}

http::Response put(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().member("namespace", plan.path).member("name", plan.key);
  if (plan.method != http::Method::Delete) out.member("version", reply.version);
  end_written(out, plan, reply, response);
  return response;
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne{"/api/v1/schemas/{namespace…}/{name}", "The schema's name"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters | set_of({Parameter::Version}),
     .forms = set_of({Form::Json, Form::Octets})},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::ManageSchemas,
     .translate = put_one,
     .render = put,
     .parameters = kWriteParameters | set_of({Parameter::Force})},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::ManageSchemas,
     .translate = delete_one,
     .render = put,
     .parameters = kWriteParameters},
    {.pattern = "/api/v1/schemas/{namespace…}/",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = list,
     .render = listing<domain::SchemaPage, append_head>,
     .parameters = kReadParameters | kPageParameters},
    {.pattern = Pattern{"/api/v1/schema-versions/{namespace…}/{name}", "The schema's name"},
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = list_versions,
     .render = listing<domain::SchemaVersionPage, append_version>,
     .parameters = kReadParameters | kPageParameters},
});

}  // namespace

Rows resources::schemas() {
  return kRows;
}

}  // namespace confman::api
