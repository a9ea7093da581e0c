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
#include "adapters/api/resources/namespace_body.hpp"
#include "adapters/api/resources/quota_body.hpp"

// One namespace, and those below one.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  node::GetNamespace get{.path = in.plan.path};
  return as_read(std::move(in), std::move(get));
}

Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto body = read_json_object(in.headers.content_type, in.request.body, kNamespaceFields);
  if (!body) return Refused(body.error());
  auto command = namespace_of_fields(*body);
  if (!command) return Refused(std::move(command.error()));
  command->path = in.plan.path;
  command->precondition = *precondition;
  return as_write(std::move(in), std::move(*command));
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

// Without the end.
void begin_namespace(json::Writer& out, std::string_view path, const domain::NamespaceRow& row) {
  out.begin_object().member("namespace", path);
  out.member("version", row.version).member("revision", domain::to_string(row.revision));
  out.member("description", row.description).member("owner", row.owner);
  append_labels(out, row.labels);
  out.member("inherit", !row.no_inherit);
  append_author(out, row.author);
  out.member("entries", row.live_entries).member("children", row.children);
  out.member("createdAt", rfc3339(row.created_at.wall_ms));
  out.member("updatedAt", rfc3339(row.updated_at.wall_ms));
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto view = found<node::NamespaceView>(std::move(outcome));
  return on_conditions(plan, request, tag_of(view.row.version, Form::Json), [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    begin_namespace(out, plan.path, view.row);
    if (!view.quotas.empty()) {
      out.key("quotas").begin_array();
      for (const domain::FoundQuota& quota : view.quotas) append_quota(out, quota);
      out.end_array();
    }
    out.end_object();
    return response;
  });
}

void append_item(json::Writer& out, const Plan&, const domain::FoundNamespace& item) {
  begin_namespace(out, item.path, item.row);
  out.end_object();
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
