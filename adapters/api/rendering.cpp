#include "adapters/api/rendering.hpp"

#include "adapters/api/answer.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/text.hpp"
#include "domain/json/writer.hpp"

namespace confman::api {

http::Response json_document() {
  http::Response response(200);
  response.add_header("Content-Type", media_type_of(Form::Json));
  return response;
}

http::Response fresh_document() {
  http::Response response = json_document();
  response.add_header("Cache-Control", "no-store");
  return response;
}

std::string tag_of(std::uint64_t version, Form form, bool masked) {
  const bool bare = form == Form::Text || form == Form::Octets;
  const std::string_view suffix = bare ? "-value" : form == Form::Yaml ? "-yaml" : "";
  return concat({"\"", std::to_string(version), suffix, masked ? kMaskedSuffix : "", "\""});
}

http::Response precondition_failed(const http::Request& request, std::string_view tag) {
  http::Problem failed = problem(
      "precondition_failed", "If-Match names another representation than the one that is here.");
  if (!tag.empty()) add_text(failed, "etag", tag);
  return refusal(std::move(failed), request);
}

// A cache asks each time. What has a tag isn't to be packed on the way either: a proxy that does so
// weakens the tag, and If-Match then never matches.
void add_validators(http::Response& response, std::string_view tag) {
  if (!tag.empty()) response.add_header("ETag", tag);
  response.add_header("Vary", "Accept");
  response.add_header("Cache-Control", tag.empty() ? "no-cache" : "no-cache, no-transform");
}

void end_written(json::Writer& out, const Plan& plan, const domain::Reply& reply,
                 http::Response& response) {
  const bool deleted = plan.method == http::Method::Delete;
  out.member("revision", domain::to_string(reply.revision));
  out.member(deleted ? "deleted" : "created", deleted || reply.created).end_object();
  if (deleted) return;
  response.status = reply.created ? 201 : 200;
  response.add_header("ETag", tag_of(reply.version, Form::Json));
  response.add_header("Cache-Control", "no-store, no-transform");
}

http::Response named_written(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().member("name", plan.key);
  if (!plan.path.empty()) out.member("in", plan.path);
  if (plan.method != http::Method::Delete) out.member("version", reply.version);
  end_written(out, plan, reply, response);
  return response;
}

http::Response written(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().member("namespace", plan.path);
  if (!plan.key.empty()) out.member("key", plan.key);
  // A namespace's deletion leaves nothing that could have a version.
  if (reply.version != 0) out.member("version", reply.version);
  end_written(out, plan, reply, response);
  return response;
}

}  // namespace confman::api
