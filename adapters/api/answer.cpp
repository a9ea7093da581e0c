#include "adapters/api/answer.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "adapters/api/cursor.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/text.hpp"
#include "domain/json/writer.hpp"

namespace confman::api {
namespace {

using http::Response;

constexpr std::string_view kJson = "application/json";

Response document(std::string body) {
  Response response(200);
  response.add_header("Content-Type", kJson);
  response.body = std::move(body);
  return response;
}

// A cache asks each time. What has a tag isn't to be packed on the way either: a proxy that does so
// weakens the tag, and If-Match then never matches.
void add_caching(Response& response, bool tagged) {
  response.add_header("Vary", "Accept");
  response.add_header("Cache-Control", tagged ? "no-cache, no-transform" : "no-cache");
}

std::string tag_of(std::uint64_t version, Form form) {
  const bool bare = form == Form::Text || form == Form::Octets;
  const std::string_view suffix = bare ? "-value" : form == Form::Yaml ? "-yaml" : "";
  return concat({"\"", std::to_string(version), suffix, "\""});
}

// What a read answers if its conditions hold, and what else; with the tag, where there is one.
template <class Render>
Response on_conditions(const Plan& plan, const http::Request& request, std::string_view tag,
                       Render render) {
  Response response;
  switch (evaluate(plan.conditions, tag)) {
    case Verdict::Answer:
      response = render();
      break;
    case Verdict::NotModified:
      response = Response(304);
      break;
    case Verdict::Failed: {
      http::Problem failed =
          problem("precondition_failed",
                  "If-Match names another representation than the one that is here.");
      if (!tag.empty()) add_text(failed, "etag", tag);
      return refusal(std::move(failed), request);
    }
  }
  if (!tag.empty()) response.add_header("ETag", tag);
  add_caching(response, !tag.empty());
  return response;
}

// --- one entry -----------------------------------------------------------------------------------

std::optional<Form> form_of(const Plan& plan, const domain::EntryRow& row) {
  if (is_binary(row)) {
    return plan.accept.choose(std::array{Form::Json, Form::Yaml, Form::Octets});
  }
  return plan.accept.choose(std::array{Form::Json, Form::Yaml, Form::Text, Form::Octets});
}

Response entry_in_form(const Plan& plan, domain::EntryRow&& row, Form form) {
  Response response(200);
  switch (form) {
    case Form::Json: {
      response.add_header("Content-Type", kJson);
      response.body.reserve(row.value.size() + 512);
      json::Writer out(response.body);
      append_entry(out, plan.path, plan.key, row);
      break;
    }
    case Form::Yaml:
      response.add_header("Content-Type", media_type_of(Form::Yaml));
      response.body = entry_as_yaml(plan.path, plan.key, row);
      break;
    case Form::Text:
      response.add_header("Content-Type", "text/plain; charset=utf-8");
      response.add_header("X-Confman-Content-Type", row.content_type);
      response.body = std::move(row.value);
      break;
    case Form::Octets:
    case Form::Events:
      response.add_header("Content-Type", media_type_of(Form::Octets));
      response.add_header("X-Confman-Content-Type", row.content_type);
      response.body = std::move(row.value);
      break;
  }
  return response;
}

Response entry(const Plan& plan, const http::Request& request, domain::EntryRow&& row) {
  if (row.deleted) {
    http::Problem gone =
        problem("version_is_deletion", "In that version the entry was deleted; it has no value.");
    add_number(gone, "version", row.version);
    return refusal(std::move(gone), request);
  }
  const auto form = form_of(plan, row);
  if (!form) {
    return refusal(problem("not_acceptable",
                           "The value is binary: it is to be had as application/octet-stream, or "
                           "in the document, application/json or application/yaml."),
                   request);
  }
  return on_conditions(plan, request, tag_of(row.version, *form),
                       [&] { return entry_in_form(plan, std::move(row), *form); });
}

// --- listings ------------------------------------------------------------------------------------

// The request's own target with another cursor.
std::string next_target(const http::Request& request, std::string_view cursor) {
  std::string target(request.path());
  target.push_back('?');
  std::string_view rest = request.query();
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, length);
    rest.remove_prefix(std::min(length + 1, rest.size()));
    const std::string name = http::form_decode(pair.substr(0, pair.find('=')));
    if (!pair.empty() && name != "cursor") {
      target.append(http::without_plus_signs(pair)).push_back('&');
    }
  }
  return target.append("cursor=").append(cursor);
}

// Where the page got to, for the cursor of the next one.
Bytes resume_at(const domain::EntryPosition& at) {
  return position_of(at.first, at.second);
}
Bytes resume_at(const std::string& path) {
  return position_of(path, "");
}
Bytes resume_at(std::uint64_t version) {
  return position_of(version, 0);
}
Bytes resume_at(const domain::keys::AuditKey& at) {
  return position_of(at.index, at.ordinal);
}

// {"items":[…],"next":…}
template <class Page, class Append>
Response listing(const Plan& plan, const http::Request& request, const Page& page, Append append) {
  Response response = document({});
  json::Writer out(response.body);
  out.begin_object().key("items").begin_array();
  for (const auto& item : page.items) append(out, item);
  out.end_array().key("next");
  if (page.resume) {
    const std::string cursor =
        encode_cursor({.scope = plan.cursor_scope, .position = resume_at(*page.resume)});
    out.value(cursor);
    response.add_header("Link", concat({"<", next_target(request, cursor), ">; rel=\"next\""}));
  } else {
    out.null();
  }
  out.end_object();
  return on_conditions(plan, request, {}, [&] { return std::move(response); });
}

struct AnswerRenderer {
  const Plan& plan;
  const http::Request& request;

  Response operator()(domain::EntryRow&& row) const { return entry(plan, request, std::move(row)); }

  Response operator()(domain::NamespaceRow&& row) const {
    return on_conditions(plan, request, tag_of(row.version, Form::Json), [&] {
      Response response = document({});
      json::Writer out(response.body);
      append_namespace(out, plan.path, row);
      return response;
    });
  }

  Response operator()(domain::EntryPage&& page) const {
    return listing(plan, request, page, [](json::Writer& out, const auto& item) {
      append_entry(out, item.path, item.key, item.row);
    });
  }

  Response operator()(domain::NamespacePage&& page) const {
    return listing(plan, request, page, [](json::Writer& out, const auto& item) {
      append_namespace(out, item.path, item.row);
    });
  }

  Response operator()(domain::VersionPage&& page) const {
    return listing(plan, request, page, [this](json::Writer& out, const auto& row) {
      append_entry(out, plan.path, plan.key, row);
    });
  }

  Response operator()(domain::AuditPage&& page) const {
    return listing(plan, request, page, append_audit_event);
  }

  Response operator()(domain::QueryFault fault) const {
    return refusal(problem_of(fault), request);
  }
};

// --- writes --------------------------------------------------------------------------------------

Response written(const Plan& plan, const http::Request& request, const domain::Reply& reply) {
  if (reply.refusal) {
    http::Problem refused = problem_of(reply);
    const std::string_view named = request.headers.get("If-Match").value_or("");
    if (reply.refusal == domain::Refusal::VersionMismatch && named.contains("W/")) {
      refused.detail += " A weak tag (W/…) names none: something on the way has weakened it.";
    }
    return refusal(std::move(refused), request);
  }
  Response response = document({});
  const bool deleted = plan.method == http::Method::Delete;
  json::Writer out(response.body);
  out.begin_object().member("namespace", plan.path);
  if (!plan.key.empty()) out.member("key", plan.key);
  // A namespace's deletion leaves nothing that could have a version.
  if (reply.version != 0) out.member("version", reply.version);
  out.member("revision", domain::to_string(reply.revision));
  out.member(deleted ? "deleted" : "created", deleted || reply.created).end_object();
  if (!deleted) {
    response.status = reply.created ? 201 : 200;
    response.add_header("ETag", tag_of(reply.version, Form::Json));
    response.add_header("Cache-Control", "no-store, no-transform");
  }
  return response;
}

Response redirect(const http::Request& request, const Cluster& cluster,
                  std::optional<consensus::MemberId> leader) {
  const consensus::Member* member = leader ? cluster.members.find(*leader) : nullptr;
  if (member == nullptr) return refusal(problem_of(node::Failure::NoLeader, {}), request);
  Response response(307);
  const std::string query = http::without_plus_signs(request.query());
  response.add_header("Location", concat({"http://", member->api_address, request.path(),
                                          query.empty() ? "" : "?", query}));
  return response;
}

Response changes(const node::WatchDone& done) {
  Response response = document({});
  json::Writer out(response.body);
  out.begin_object().key("changes").begin_array();
  for (const domain::Change& change : done.page.changes) append_change(out, change);
  out.end_array();
  out.member("revision", domain::to_string(done.to)).end_object();
  response.add_header("Cache-Control", "no-store").add_header("Vary", "Accept");
  return response;
}

struct OutcomeRenderer {
  const Plan& plan;
  const http::Request& request;
  const Cluster& cluster;
  domain::Revision revision;
  std::optional<consensus::MemberId> leader;

  Response operator()(node::WriteDone&& done) const {
    Response response = written(plan, request, done.reply);
    if (done.reply.replayed) response.add_header("Idempotency-Replayed", "true");
    return response;
  }
  Response operator()(node::ReadDone&& done) const {
    Response response = std::visit(AnswerRenderer{plan, request}, std::move(done.answer));
    if (done.staleness) {
      response.add_header("X-Confman-Staleness-Ms", std::to_string(done.staleness->to_millis()));
    }
    return response;
  }
  Response operator()(node::WatchDone&& done) const { return changes(done); }
  Response operator()(node::AdminDone&& done) const {
    Response response = document({});
    json::Writer out(response.body);
    append_members(out, done.membership);
    return response;
  }
  Response operator()(node::AdminRefused refused) const {
    return refusal(problem_of(refused.why), request);
  }
  Response operator()(node::Redirect) const { return redirect(request, cluster, leader); }
  Response operator()(node::Failed failed) const {
    return refusal(problem_of(failed.why, revision), request);
  }
};

}  // namespace

std::string_view Cluster::name_of(consensus::MemberId id) const {
  if (id == self) return self_name;  // also of a node that is no member yet
  const consensus::Member* member = members.find(id);
  return member == nullptr ? std::string_view() : std::string_view(member->name);
}

Response refusal(http::Problem problem, const http::Request& request) {
  problem.instance = request.id;
  const bool unknown = problem.code == "outcome_unknown";
  add_outcome(problem, request.method, unknown ? http::Outcome::Unknown : http::Outcome::NotDone);
  Response response = http::problem_response(problem);
  if (problem.status == 503) response.add_header("Retry-After", "1");
  if (problem.status == 401) response.add_header("WWW-Authenticate", "Bearer realm=\"confman\"");
  if (problem.status == 406) response.add_header("Vary", "Accept");
  if (problem.code == "unsupported_content_encoding") {
    response.add_header("Accept-Encoding", "identity");
  }
  return response;
}

void add_origin(Response& response, const Cluster& cluster, domain::Revision revision,
                std::optional<consensus::MemberId> leader) {
  response.add_header("X-Confman-Version", domain::to_string(revision));
  response.add_header("X-Confman-Node", cluster.name_of(cluster.self));
  if (leader) response.add_header("X-Confman-Leader", cluster.name_of(*leader));
}

Response answer(const Plan& plan, const http::Request& request, node::Response&& response,
                const Cluster& cluster) {
  Response result =
      std::visit(OutcomeRenderer{plan, request, cluster, response.revision, response.leader},
                 std::move(response.outcome));
  add_origin(result, cluster, response.revision, response.leader);
  return result;
}

}  // namespace confman::api
