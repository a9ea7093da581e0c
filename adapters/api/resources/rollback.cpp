#include "domain/past/rollback.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/api/answer.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/moment.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/past/commands.hpp"

// What an entry had before, or all entries of a namespace, published again.
namespace confman::api {
namespace {

// As a command names it: 0 is no time there, and nothing was at either.
std::expected<domain::AsOf, http::Problem> moment_of(const json::Value& at) {
  auto moment = at.string() != nullptr ? parse_moment(*at.string()) : std::nullopt;
  if (!moment) return at_field("bad_moment", "at", std::string(kMomentInWords));
  if (moment->wall_ms) moment->wall_ms = std::max<std::int64_t>(*moment->wall_ms, 1);
  if (!moment->wall_ms && moment->revision == domain::Revision{}) {
    return at_field("bad_moment", "at", "At revision 0:0 there was nothing.");
  }
  return *moment;
}

// {"toVersion": 3} or {"at": "5:1234"}.
std::expected<void, http::Problem> read_target(const json::Value& body,
                                               domain::RollbackEntry& command) {
  const json::Value* version = body.find("toVersion");
  const json::Value* at = body.find("at");
  if ((version == nullptr) == (at == nullptr)) {
    return at_field(version == nullptr ? "missing_field" : "unknown_field", "toVersion",
                    "The body names the version to go back to, {\"toVersion\":3}, or a moment, "
                    "{\"at\":\"5:1234\"}; one of them.");
  }
  if (version != nullptr) {
    const auto number = version->uint64();
    if (!number || *number == 0) {
      return at_field("wrong_type", "toVersion", "A version is a whole number from 1 up.");
    }
    command.to_version = *number;
    return {};
  }
  const auto moment = moment_of(*at);
  if (!moment) return Refused(moment.error());
  command.to_revision = moment->revision;
  command.to_time_ms = moment->wall_ms.value_or(0);
  return {};
}

Translated roll_back(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"toVersion", "at"});
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto body = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!body) return Refused(body.error());
  domain::RollbackEntry command{
      .path = in.plan.path, .key = in.plan.key, .precondition = *precondition};
  if (auto ok = read_target(*body, command); !ok) return Refused(std::move(ok.error()));
  return as_write(std::move(in), std::move(command));
}

// {"at": "5:1234"}
Translated roll_back_all(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"at"});
  auto prefix = read_prefix(in);
  if (!prefix) return Refused(std::move(prefix.error()));
  const auto body = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!body) return Refused(body.error());
  const json::Value* at = body->find("at");
  if (at == nullptr) {
    return at_field("missing_field", "at",
                    "The body names the moment to go back to, {\"at\":\"5:1234\"}.");
  }
  const auto moment = moment_of(*at);
  if (!moment) return Refused(moment.error());
  domain::RollbackNamespace command{.path = in.plan.path,
                                    .prefix = std::move(*prefix),
                                    .to_revision = moment->revision,
                                    .to_time_ms = moment->wall_ms.value_or(0)};
  return as_write(std::move(in), std::move(command));
}

Translated plan(Incoming&& in) {
  auto prefix = read_prefix(in);
  if (!prefix) return Refused(std::move(prefix.error()));
  const auto at = in.parameters.moment(Parameter::At);
  if (!at) return Refused(at.error());
  if (!*at) {
    return Refused(unusable(
        "bad_moment", Parameter::At,
        "The parameter at says what would be gone back to. " + std::string(kMomentInWords)));
  }
  domain::PlanRollback query{.path = in.plan.path, .prefix = std::move(*prefix), .to = **at};
  return as_read(std::move(in), std::move(query));
}

http::Response all_rolled_back(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().member("namespace", plan.path);
  out.member("revision", domain::to_string(reply.revision));
  out.member("changed", reply.changed).end_object();
  response.add_header("Cache-Control", "no-store, no-transform");
  return response;
}

std::string_view name_of_change(const domain::Restoration& change) {
  if (!change.to) return "delete";
  return change.head.deleted ? "create" : "update";
}

http::Response planned(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  auto found_plan = found<domain::FoundPlan>(std::move(outcome));
  if (found_plan.refusal) {
    domain::Reply refused{.refusal = found_plan.refusal, .about = std::move(found_plan.about)};
    return refusal(problem_of(refused), request);
  }
  return on_conditions(plan, request, {}, [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    out.begin_object().member("namespace", plan.path);
    out.member("at", domain::to_string(found_plan.plan.to)).key("changes").begin_array();
    for (const domain::Restoration& change : found_plan.plan.changes) {
      out.begin_object().member("key", change.key).member("change", name_of_change(change));
      if (!change.head.deleted) out.member("live", change.head.version);
      if (change.to) out.member("toVersion", change.to->version);
      out.end_object();
    }
    out.end_array().end_object();
    return response;
  });
}

constexpr Pattern kAll = "/api/v1/rollback/{namespace…}/";
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kAll,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = plan,
     .render = planned,
     .parameters = kReadParameters | set_of({Parameter::At, Parameter::Prefix})},
    {.pattern = kAll,
     .methods = kPost,
     .permission = Permission::Rollback,
     .translate = roll_back_all,
     .render = all_rolled_back,
     .parameters = kWriteParameters | set_of({Parameter::Prefix})},
    {.pattern = "/api/v1/rollback/{namespace…}/{key}",
     .methods = kPost,
     .permission = Permission::Rollback,
     .translate = roll_back,
     .render = written,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::rollback() {
  return kRows;
}

}  // namespace confman::api
