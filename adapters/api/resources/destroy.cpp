#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/past/commands.hpp"

// The content of a version of before is taken out of the state.
namespace confman::api {
namespace {

// {"version": 3, "reason": "…"}
Translated destroy(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"version", "reason"});
  const auto body = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!body) return Refused(body.error());
  const json::Value* version = body->find("version");
  const auto number = version == nullptr ? std::nullopt : version->uint64();
  if (!number || *number == 0) {
    return at_field(version == nullptr ? "missing_field" : "wrong_type", "version",
                    "The body names the version to destroy, a whole number from 1 up.");
  }
  auto reason = text_field(*body, "reason");
  if (!reason) return Refused(std::move(reason.error()));
  if (reason->empty()) {
    return at_field("missing_field", "reason", "Who destroys a version says why.");
  }
  domain::DestroyVersion command{
      .path = in.plan.path, .key = in.plan.key, .version = *number, .reason = std::move(*reason)};
  return as_write(std::move(in), std::move(command));
}

http::Response destroyed(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().member("namespace", plan.path).member("key", plan.key);
  out.member("revision", domain::to_string(reply.revision)).member("destroyed", true).end_object();
  response.add_header("Cache-Control", "no-store, no-transform");
  return response;
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/destroy/{namespace…}/{key}",
     .methods = kPost,
     .permission = Permission::ManageNamespaces,
     .translate = destroy,
     .render = destroyed,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::destroy() {
  return kRows;
}

}  // namespace confman::api
