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

// Roles: named sets of permissions, the fixed ones among them.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  node::GetRole get{.name = in.plan.key};
  return as_read(std::move(in), std::move(get));
}

// {"permissions":[…], "description":…}
Translated put_one(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"permissions", "description"});
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  auto object = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!object) return Refused(std::move(object.error()));
  const auto permissions = permissions_field(*object, "permissions");
  if (!permissions) return Refused(permissions.error());
  auto description = text_field(*object, "description");
  if (!description) return Refused(std::move(description.error()));
  domain::PutRole command{.name = in.plan.key,
                          .permissions = permissions->bits(),
                          .description = std::move(*description),
                          .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

Translated delete_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  domain::DeleteRole command{.name = in.plan.key, .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

Translated list(Incoming&& in) {
  auto page = read_page(in, {"roles"});
  if (!page) return Refused(std::move(page.error()));
  domain::ListRoles query{.after = std::nullopt, .limit = page->limit};
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_role(json::Writer& out, const domain::FoundRole& role) {
  const bool fixed = domain::fixed_role(role.name) != nullptr;
  out.begin_object().member("name", role.name).member("fixed", fixed);
  append_permissions(out, "permissions", domain::PermissionSet::of_bits(role.row.permissions));
  if (!fixed) {
    out.member("description", role.row.description).member("version", role.row.revision.index);
    out.member("revision", domain::to_string(role.row.revision)).member("uses", role.row.uses);
    append_author(out, role.row.author);
    out.member("updatedAt", rfc3339(role.row.updated_at.wall_ms));
  }
  out.end_object();
}

void append_item(json::Writer& out, const Plan&, const domain::FoundRole& role) {
  append_role(out, role);
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto role = found<domain::FoundRole>(std::move(outcome));
  return on_conditions(plan, request, tag_of(role.row.revision.index, Form::Json), [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    append_role(out, role);
    return response;
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne{"/api/v1/roles/{name}", "The role's name"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/roles",
     .methods = kGetAndHead,
     .permission = Permission::Known,
     .translate = list,
     .render = listing<domain::RolePage, append_item>,
     .parameters = kReadParameters | kPageParameters},
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Known,
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
});

}  // namespace

Rows resources::roles() {
  return kRows;
}

}  // namespace confman::api
