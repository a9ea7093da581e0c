#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"

// One namespace, and those below one.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  node::GetNamespace get{.path = in.plan.path};
  return as_read(std::move(in), std::move(get));
}

struct NamespaceBody {
  std::string description;
  std::string owner;
  domain::Labels labels;
  domain::Inherit inherit{};
};
// {"description":…, "owner":…, "labels":{…}, "inherit":…}, each of them optional.
std::expected<NamespaceBody, http::Problem> read_namespace_body(
    std::optional<std::string_view> content_type, std::string_view body) {
  static constexpr auto kFields =
      std::to_array<std::string_view>({"description", "owner", "labels", "inherit"});
  auto object = read_json_object(content_type, body, kFields);
  if (!object) return Refused(std::move(object.error()));
  auto description = text_field(*object, "description");
  if (!description) return Refused(std::move(description.error()));
  auto owner = text_field(*object, "owner");
  if (!owner) return Refused(std::move(owner.error()));
  auto labels = labels_field(*object);
  if (!labels) return Refused(std::move(labels.error()));
  domain::Inherit inherit = domain::Inherit::AsItIs;
  if (const json::Value* member = object->find("inherit")) {
    if (member->boolean() == nullptr) {
      return at_field("wrong_type", "inherit", "The field is true or false.");
    }
    inherit = *member->boolean() ? domain::Inherit::Yes : domain::Inherit::No;
  }
  return NamespaceBody{.description = std::move(*description),
                       .owner = std::move(*owner),
                       .labels = std::move(*labels),
                       .inherit = inherit};
}

Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  auto body = read_namespace_body(in.headers.content_type, in.request.body);
  if (!body) return Refused(std::move(body.error()));
  domain::PutNamespace command{.path = in.plan.path,
                               .description = std::move(body->description),
                               .owner = std::move(body->owner),
                               .labels = std::move(body->labels),
                               .precondition = *precondition,
                               .inherit = static_cast<std::uint64_t>(body->inherit)};
  return as_write(std::move(in), std::move(command));
}

Translated delete_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  domain::DeleteNamespace command{.path = in.plan.path, .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

Translated list(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  domain::ListNamespaces query{.path = in.plan.path,
                               .recursive = recursive->value_or(false),
                               .after = std::nullopt,
                               .limit = 0};
  auto page = read_page(in, {"namespaces", query.path, query.recursive ? "r" : ""});
  if (!page) return Refused(std::move(page.error()));
  query.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_namespace(json::Writer& out, std::string_view path, const domain::NamespaceRow& row) {
  out.begin_object().member("namespace", path);
  out.member("version", row.version).member("revision", domain::to_string(row.revision));
  out.member("description", row.description).member("owner", row.owner);
  append_labels(out, row.labels);
  out.member("inherit", !row.no_inherit);
  append_author(out, row.author);
  out.member("entries", row.live_entries).member("children", row.children);
  out.member("createdAt", rfc3339(row.created_at.wall_ms));
  out.member("updatedAt", rfc3339(row.updated_at.wall_ms)).end_object();
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto row = found<domain::NamespaceRow>(std::move(outcome));
  return on_conditions(plan, request, tag_of(row.version, Form::Json), [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    append_namespace(out, plan.path, row);
    return response;
  });
}

void append_item(json::Writer& out, const Plan&, const domain::FoundNamespace& item) {
  append_namespace(out, item.path, item.row);
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/namespaces/{path…}";
constexpr Pattern kListing = "/api/v1/namespaces/{path…}/";
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::ManageNamespaces,
     .translate = put_one,
     .render = written,
     .parameters = kWriteParameters},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::ManageNamespaces,
     .translate = delete_one,
     .render = written,
     .parameters = kWriteParameters},
    {.pattern = kListing,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = list,
     .render = listing<domain::NamespacePage, append_item>,
     .parameters = kReadParameters | kPageParameters | set_of({Parameter::Recursive})},
});

}  // namespace

Rows resources::namespaces() {
  return kRows;
}

}  // namespace confman::api
