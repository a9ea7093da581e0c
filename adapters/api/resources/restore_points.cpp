#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/restore/commands.hpp"
#include "domain/restore/restore_point.hpp"

// Moments of the whole cluster that have a name.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  domain::GetRestorePoint get{.name = in.plan.key};
  return as_read(std::move(in), std::move(get));
}

// {"comment":…}
Translated put_one(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"comment"});
  const auto body = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!body) return Refused(body.error());
  auto comment = text_field(*body, "comment");
  if (!comment) return Refused(std::move(comment.error()));
  domain::CreateRestorePoint command{.name = in.plan.key, .comment = std::move(*comment)};
  return as_write(std::move(in), std::move(command));
}

Translated delete_one(Incoming&& in) {
  domain::DeleteRestorePoint command{.name = in.plan.key};
  return as_write(std::move(in), std::move(command));
}

Translated list(Incoming&& in) {
  auto page = read_page(in, {"restore-points"});
  if (!page) return Refused(std::move(page.error()));
  domain::ListRestorePoints query{.after = std::nullopt, .limit = page->limit};
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_item(json::Writer& out, const Plan&, const domain::FoundRestorePoint& point) {
  out.begin_object().member("name", point.name);
  out.member("revision", domain::to_string(point.row.revision));
  out.member("comment", point.row.comment);
  append_author(out, point.row.author);
  out.member("createdAt", rfc3339(point.row.created_at.wall_ms)).end_object();
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto point = found<domain::FoundRestorePoint>(std::move(outcome));
  return on_conditions(plan, request, tag_of(point.row.revision.index, Form::Json), [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    append_item(out, plan, point);
    return response;
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne{"/api/v1/admin/restore-points/{name}", "The restore point's name"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/admin/restore-points",
     .methods = kGetAndHead,
     .permission = Permission::ManageCluster,
     .translate = list,
     .render = listing<domain::RestorePointPage, append_item>,
     .parameters = kReadParameters | kPageParameters},
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::ManageCluster,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::ManageCluster,
     .translate = put_one,
     .render = named_written,
     .parameters = kWriteParameters},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::ManageCluster,
     .translate = delete_one,
     .render = named_written,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::restore_points() {
  return kRows;
}

}  // namespace confman::api
