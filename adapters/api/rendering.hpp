#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "adapters/api/accept.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/endpoint.hpp"
#include "adapters/http/message.hpp"
#include "app/node/request.hpp"
#include "domain/json/writer.hpp"

// What the answers of the endpoints have in common.
namespace confman::api {

// A 200 with an empty body, to be filled.
http::Response json_document();
// The same, of what no cache is to keep: it is of this moment, or of this node.
http::Response fresh_document();

// What a read has found.
template <class Found>
Found found(NodeOutcome&& outcome) {
  return std::get<Found>(std::move(std::get<node::ReadDone>(outcome).answer));
}

// The tag of a version, which is another one for each form.
std::string tag_of(std::uint64_t version, Form form);

http::Response precondition_failed(const http::Request& request, std::string_view tag);
// The tag, if there is one, and what caches may do.
void add_validators(http::Response& response, std::string_view tag);
// What a read answers if its conditions hold, and what else; `tag` is empty where there is none.
template <std::invocable RenderFound>
http::Response on_conditions(const Plan& plan, const http::Request& request, std::string_view tag,
                             RenderFound render) {
  const Verdict verdict = evaluate(plan.conditions, tag);
  if (verdict == Verdict::Failed) return precondition_failed(request, tag);
  http::Response response = verdict == Verdict::NotModified ? http::Response(304) : render();
  add_validators(response, tag);
  return response;
}

// Ends the document of a PUT or DELETE that was done, behind what it was of and its version: its
// revision, whether it created or deleted; and sets status and headers.
void end_written(json::Writer& out, const Plan& plan, const domain::Reply& reply,
                 http::Response& response);
// A Render of changes of entries and namespaces.
http::Response written(const Plan& plan, const http::Request& request, NodeOutcome&& outcome);
// The same of roles, assignments and groups, whose version is the log index of their last change.
http::Response named_written(const Plan& plan, const http::Request& request, NodeOutcome&& outcome);

}  // namespace confman::api
