#include "adapters/api/resources/binding_body.hpp"

#include <utility>
#include <vector>

#include "adapters/api/body.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/text.hpp"
#include "domain/base/assert.hpp"
#include "domain/bindings/bound.hpp"

namespace confman::api {
namespace {

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

}  // namespace

std::expected<std::string, http::Problem> bound_of_fields(const json::Value& object) {
  const json::Value* list = object.find("schemas");
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
  return domain::join_bindings(bound);
}

void append_bound(json::Writer& out, std::string_view bound) {
  const auto schemas = domain::parse_bindings(bound);
  CONFMAN_ASSERT(schemas, "A namespace is bound to what can't be read.");
  out.key("schemas").begin_array();
  for (const domain::BoundSchema& each : *schemas) {
    const std::string& path = each.schema.path;
    out.begin_object();
    out.member("schema", concat({path == "/" ? "" : path, "/", each.schema.name}));
    out.member("version", each.version);
    if (!each.keys.empty()) out.member("keys", each.keys);
    out.end_object();
  }
  out.end_array();
}

}  // namespace confman::api
