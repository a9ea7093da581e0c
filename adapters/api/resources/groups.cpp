#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/access/commands.hpp"
#include "domain/access/query.hpp"

// Who is in which group.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

// The group of the path "/payments"; empty: of all. A name has no slash.
std::expected<std::string, http::Problem> group_of(const Plan& plan) {
  std::string group = plan.path.substr(1);
  if (!group.empty() && !domain::is_principal_name(group))
    return refuse("bad_principal",
                  "A group's name has 1 to 200 visible ASCII characters but '/', ',' and ':'.");
  return group;
}

template <class Command>
Translated change(Incoming&& in) {
  const auto group = group_of(in.plan);
  if (!group) return Refused(group.error());
  if (in.headers.if_match || in.headers.if_none_match) {
    return refuse("bad_precondition",
                  "A member is in a group or isn't: there is no version that a condition could be "
                  "about.");
  }
  Command command{.membership = domain::join_membership(*group, in.plan.key)};
  return as_write(std::move(in), std::move(command));
}

Translated list(Incoming&& in) {
  auto group = group_of(in.plan);
  if (!group) return Refused(std::move(group.error()));
  auto page = read_page(in, {"groups", *group});
  if (!page) return Refused(std::move(page.error()));
  domain::ListGroupMembers query{
      .group = std::move(*group), .after = std::nullopt, .limit = page->limit};
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(*names);
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_item(json::Writer& out, const Plan&, const domain::FoundGroupMember& found) {
  out.begin_object().member("group", found.group).member("member", found.member);
  out.member("revision", domain::to_string(found.row.revision));
  append_author(out, found.row.author);
  out.member("addedAt", rfc3339(found.row.added_at.wall_ms)).end_object();
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne{"/api/v1/groups/{group…}/{member}", "The member"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::ManageAccess,
     .translate = change<domain::AddGroupMember>,
     .render = named_written,
     .parameters = kWriteParameters},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::ManageAccess,
     .translate = change<domain::RemoveGroupMember>,
     .render = named_written,
     .parameters = kWriteParameters},
    {.pattern = "/api/v1/groups/{group…}/",
     .methods = kGetAndHead,
     .permission = Permission::ManageAccess,
     .translate = list,
     .render = listing<domain::GroupMemberPage, append_item>,
     .parameters = kReadParameters | kPageParameters},
});

}  // namespace

Rows resources::groups() {
  return kRows;
}

}  // namespace confman::api
