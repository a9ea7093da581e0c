#include "adapters/api/answer.hpp"

#include <utility>
#include <variant>

#include "adapters/api/endpoint.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/schema_problems.hpp"
#include "adapters/api/text.hpp"
#include "domain/base/assert.hpp"

namespace confman::api {
namespace {

using http::Response;

// Which of a request's changes was refused, and what it is of.
void add_change(http::Problem& problem, const Plan& plan, std::uint32_t change) {
  add_number(problem, "change", change);
  domain::ChangeTarget target;
  const auto* view =
      plan.more == nullptr ? nullptr : std::get_if<domain::RequestView>(plan.more.get());
  if (change <= plan.targets.size()) {
    target = plan.targets[change - 1];
  } else if (view != nullptr && change <= view->changes.size()) {
    const domain::FoundChange& found = view->changes[change - 1];
    target.path = found.path;
    if (found.change) {
      target.key = std::visit([](const auto& body) { return body.subject().key; }, *found.change);
    }
  }
  if (!target.path.empty()) add_text(problem, "namespace", target.path);
  if (!target.key.empty()) add_text(problem, "key", target.key);
}

// What works for this resource.
void add_way(http::Problem& problem, const Plan& plan) {
  if (plan.action.empty()) return;
  const bool has_drafts = (plan.endpoint->parameters & set_of({Parameter::Draft})) != 0;
  problem.detail =
      concat({has_drafts ? "Open a draft of it: the same request with ?draft=true, or "
                         : "Open a request: ",
              "POST /api/v1/requests with the action ", plan.action, "; then submit it."});
  add_text(problem, "action", plan.action);
}

void add_policy(http::Problem& problem, const Plan& plan) {
  const auto* policy =
      plan.more == nullptr ? nullptr : std::get_if<domain::EffectivePolicy>(plan.more.get());
  if (policy == nullptr || policy->from.empty()) return;
  problem.detail =
      concat({"The policy of ", policy->from, " asks for others to agree. ", problem.detail});
  add_text(problem, "policy", policy->from);
}

Response change_refused(const Plan& plan, const http::Request& request,
                        const domain::Reply& reply) {
  http::Problem why = problem_of(reply);
  if (reply.refused_change != 0) add_change(why, plan, reply.refused_change);
  if (reply.refusal == domain::Refusal::ReviewRequired) {
    add_way(why, plan);
    add_policy(why, plan);
  }
  const std::string_view named = request.headers.get("If-Match").value_or("");
  if (reply.refusal == domain::Refusal::VersionMismatch && named.contains("W/")) {
    why.detail += " A weak tag (W/…) names none: something on the way has weakened it.";
  }
  return refusal(std::move(why), request);
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

Response rendered(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  CONFMAN_ASSERT(plan.endpoint != nullptr && plan.endpoint->render != nullptr,
                 "The node has answered an endpoint that doesn't ask it.");
  return plan.endpoint->render(plan, request, std::move(outcome));
}

// What is common to all endpoints; the rest is the endpoint's own.
Response answer_outcome(const Plan& plan, const http::Request& request, node::Response&& given,
                        const Cluster& cluster) {
  NodeOutcome& outcome = given.outcome;
  if (const auto* failed = std::get_if<node::Failed>(&outcome)) {
    return refusal(problem_of(failed->why, given.revision), request);
  }
  if (const auto* refused = std::get_if<node::AdminRefused>(&outcome)) {
    return refusal(problem_of(refused->why), request);
  }
  if (const auto* denied = std::get_if<node::Denied>(&outcome)) {
    return refusal(problem_of(domain::Reply{.refusal = denied->why}), request);
  }
  if (const auto* judged = std::get_if<node::Judged>(&outcome)) {
    const bool told = judged->verdict.kind == domain::VerdictKind::Valid ||
                      judged->verdict.kind == domain::VerdictKind::Violates;
    return judged->dry_run && told ? trial_document(*judged)
                                   : refusal(problem_of(*judged), request);
  }
  if (std::holds_alternative<node::Redirect>(outcome)) {
    return redirect(request, cluster, given.leader);
  }
  if (const auto* write = std::get_if<node::WriteDone>(&outcome)) {
    const bool replayed = write->reply.replayed;
    Response response = write->reply.refusal ? change_refused(plan, request, write->reply)
                                             : rendered(plan, request, std::move(outcome));
    if (replayed) response.add_header("Idempotency-Replayed", "true");
    return response;
  }
  if (const auto* read = std::get_if<node::ReadDone>(&outcome)) {
    const auto staleness = read->staleness;
    const auto deprecated = read->deprecated;
    const auto* fault = std::get_if<domain::QueryFault>(&read->answer);
    Response response = fault != nullptr ? refusal(problem_of(*fault), request)
                                         : rendered(plan, request, std::move(outcome));
    if (staleness) {
      response.add_header("X-Confman-Staleness-Ms", std::to_string(staleness->to_millis()));
    }
    if (deprecated) {
      response.add_header("X-Confman-Deprecated",
                          deprecated->empty() ? "true" : header_text(*deprecated));
    }
    return response;
  }
  return rendered(plan, request, std::move(outcome));
}

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

std::optional<node::Query> more_to_read(const Plan& plan, const node::Response& response) {
  const auto* write = std::get_if<node::WriteDone>(&response.outcome);
  if (write == nullptr) return std::nullopt;
  const domain::Reply& reply = write->reply;
  if (reply.refusal == domain::Refusal::ReviewRequired) {
    return domain::FindPolicy{.path = plan.path.empty() ? "/" : plan.path};
  }
  const bool tells = !reply.refusal || (reply.refused_change != 0 && plan.targets.empty());
  if (!plan.of_request || !tells) return std::nullopt;
  return node::GetRequest{.id = plan.request == 0 ? reply.revision.index : plan.request};
}

Response answer(const Plan& plan, const http::Request& request, node::Response&& response,
                const Cluster& cluster) {
  const domain::Revision revision = response.revision;
  const std::optional<consensus::MemberId> leader = response.leader;
  Response result = answer_outcome(plan, request, std::move(response), cluster);
  add_origin(result, cluster, revision, leader);
  return result;
}

}  // namespace confman::api
