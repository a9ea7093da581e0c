#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/secrets/commands.hpp"

// The keys of secrets.
namespace confman::api {
namespace {

// A bounded number at a time: who wants all asks until nothing is left.
Translated rewrap(Incoming&& in) {
  const auto body = read_json_object(in.headers.content_type, in.request.body, {});
  if (!body) return Refused(body.error());
  return as_write(std::move(in), domain::RewrapKeys{});
}

http::Response rewrapped(const Plan&, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = fresh_document();
  json::Writer out(response.body);
  out.begin_object().member("remaining", reply.version);
  out.member("revision", domain::to_string(reply.revision)).end_object();
  return response;
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/admin/secrets/rewrap",
     .methods = kPost,
     .permission = Permission::ManageCluster,
     .translate = rewrap,
     .render = rewrapped,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::secrets() {
  return kRows;
}

}  // namespace confman::api
