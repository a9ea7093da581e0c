#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/access_body.hpp"
#include "domain/access/commands.hpp"
#include "domain/access/query.hpp"

// Which roles a principal has in a namespace.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  node::GetAssignment get{.path = in.plan.path, .principal = in.plan.key};
  return as_read(std::move(in), std::move(get));
}

// {"roles":[…]}
Translated put_one(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"roles"});
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  auto object = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!object) return Refused(std::move(object.error()));
  auto roles = roles_field(*object, "roles");
  if (!roles) return Refused(std::move(roles.error()));
  domain::PutAssignment command{.path = in.plan.path,
                                .principal = in.plan.key,
                                .roles = std::move(*roles),
                                .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

Translated delete_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  domain::DeleteAssignment command{
      .path = in.plan.path, .principal = in.plan.key, .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

Translated list(Incoming&& in) {
  auto page = read_page(in, {"assignments", in.plan.path});
  if (!page) return Refused(std::move(page.error()));
  domain::ListAssignments query{.path = in.plan.path, .after = std::nullopt, .limit = page->limit};
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_assignment(json::Writer& out, const domain::FoundAssignment& found) {
  out.begin_object().member("namespace", found.path).member("principal", found.principal);
  append_roles(out, "roles", found.row.roles);
  append_setting(out, found.row);
  out.end_object();
}

void append_item(json::Writer& out, const Plan&, const domain::FoundAssignment& found) {
  append_assignment(out, found);
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto assignment = found<domain::FoundAssignment>(std::move(outcome));
  return on_conditions(plan, request, tag_of(assignment.row.revision.index, Form::Json), [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    append_assignment(out, assignment);
    return response;
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne{"/api/v1/assignments/{namespace…}/{principal}", "The principal"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::ManageAccess,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::ManageAccess,
     .translate = put_one,
     .render = named_written,
     .parameters = kWriteParameters},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::ManageAccess,
     .translate = delete_one,
     .render = named_written,
     .parameters = kWriteParameters},
    {.pattern = "/api/v1/assignments/{namespace…}/",
     .methods = kGetAndHead,
     .permission = Permission::ManageAccess,
     .translate = list,
     .render = listing<domain::AssignmentPage, append_item>,
     .parameters = kReadParameters | kPageParameters},
});

}  // namespace

Rows resources::assignments() {
  return kRows;
}

}  // namespace confman::api
