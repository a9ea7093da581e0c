#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/text.hpp"
#include "domain/base/assert.hpp"
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

// {"schema":"/teams/payments/stripe.schema.json","version":3,"keys":"*.json"}; without "keys" it
// describes the namespace.
std::expected<domain::BoundSchema, http::Problem> read_bound(const json::Value& item,
                                                             const std::string& at) {
  static constexpr auto kFields = std::to_array<std::string_view>({"schema", "version", "keys"});
  const auto wrong = [&](std::string_view code, std::string_view field, std::string detail) {
    return at_field(code, concat({at, field.empty() ? "" : "/", field}), std::move(detail));
  };
  if (item.object() == nullptr) return wrong("wrong_type", "", "A bound schema is an object.");
  if (auto ok = check_fields(item, kFields); !ok) return Refused(std::move(ok.error()));
  const json::Value* schema = item.find("schema");
  if (schema == nullptr) return wrong("missing_field", "schema", "The field schema is missing.");
  const std::string* text = schema->string();
  if (text == nullptr || !text->starts_with('/') || text->ends_with('/')) {
    return wrong("wrong_type", "schema",
                 "A schema is named by its namespace and its name: \"/teams/payments/stripe\".");
  }
  domain::BoundSchema bound;
  const std::size_t slash = text->rfind('/');
  bound.schema = {slash == 0 ? "/" : text->substr(0, slash), text->substr(slash + 1)};
  const json::Value* version = item.find("version");
  if (version == nullptr) {
    return wrong("missing_field", "version",
                 "A version is bound: 1, 2, …; the newest isn't meant.");
  }
  const auto number = version->uint64();
  if (!number || *number == 0) {
    return wrong("wrong_type", "version", "A version is a whole number from 1 on.");
  }
  bound.version = *number;
  if (const json::Value* keys = item.find("keys")) {
    if (keys->string() == nullptr || keys->string()->empty()) {
      return wrong("wrong_type", "keys", "A pattern of keys is a string: \"*\", \"rate-*\".");
    }
    bound.keys = *keys->string();
  }
  return bound;
}

// {"schemas":[…]}
Translated put_one(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"schemas"});
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto dry_run = in.parameters.boolean(Parameter::DryRun);
  if (!dry_run) return Refused(dry_run.error());
  auto object = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!object) return Refused(std::move(object.error()));
  const json::Value* list = object->find("schemas");
  if (list == nullptr) {
    return at_field("missing_field", "schemas",
                    "The field schemas is missing: a list, which may be empty.");
  }
  if (list->array() == nullptr) {
    return at_field("wrong_type", "schemas", "The field is an array of objects.");
  }
  std::vector<domain::BoundSchema> bound;
  for (const json::Value& item : *list->array()) {
    auto one = read_bound(item, "schemas/" + std::to_string(bound.size()));
    if (!one) return Refused(std::move(one.error()));
    bound.push_back(std::move(*one));
  }
  domain::PutBinding command{
      .path = in.plan.path, .bound = domain::join_bindings(bound), .precondition = *precondition};
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
    out.key("schemas").begin_array();
    const auto bound = domain::parse_bindings(binding.row.bound);
    CONFMAN_ASSERT(bound, "A namespace is bound to what can't be read.");
    for (const domain::BoundSchema& each : *bound) {
      const std::string& path = each.schema.path;
      out.begin_object();
      out.member("schema", concat({path == "/" ? "" : path, "/", each.schema.name}));
      out.member("version", each.version);
      if (!each.keys.empty()) out.member("keys", each.keys);
      out.end_object();
    }
    out.end_array();
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
