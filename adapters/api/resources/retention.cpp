#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/retention_body.hpp"
#include "domain/retention/commands.hpp"

// How long versions stay in a namespace.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  domain::FindRetention find{.path = in.plan.path};
  return as_read(std::move(in), std::move(find));
}

Translated put_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto body = read_json_object(in.headers.content_type, in.request.body, kRetentionFields);
  if (!body) return Refused(body.error());
  const auto terms = retention_of_fields(*body);
  if (!terms) return Refused(terms.error());
  domain::PutRetention command{.path = in.plan.path,
                               .precondition = *precondition,
                               .keep_versions = terms->versions,
                               .keep_ms = terms->age_ms};
  return as_write(std::move(in), std::move(command));
}

Translated delete_one(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  domain::DeleteRetention command{.path = in.plan.path, .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

// --- out -----------------------------------------------------------------------------------------

// What holds there. Only where it was set at that very path has it a version to name.
http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto terms = found<domain::EffectiveRetention>(std::move(outcome));
  const bool here = terms.from == plan.path;
  const std::uint64_t version = terms.row.revision.index;
  return on_conditions(plan, request, here ? tag_of(version, Form::Json) : std::string(), [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    out.begin_object().member("namespace", plan.path).key("from");
    terms.from.empty() ? void(out.null()) : void(out.value(terms.from));
    out.member("keepsAll", terms.row.keeps_all());
    append_retention(out, terms.row.keep_versions, terms.row.keep_ms);
    if (!terms.from.empty()) {
      out.member("version", version).member("revision", domain::to_string(terms.row.revision));
      append_author(out, terms.row.author);
      out.member("updatedAt", rfc3339(terms.row.updated_at.wall_ms));
    }
    out.end_object();
    return response;
  });
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/retention/{namespace…}";
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::ManagePolicy,
     .translate = put_one,
     .render = written,
     .parameters = kWriteParameters},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::ManagePolicy,
     .translate = delete_one,
     .render = written,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::retention() {
  return kRows;
}

}  // namespace confman::api
