#include <string>
#include <utility>
#include <vector>

#include "adapters/api/body.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "consensus/member_rules.hpp"
#include "consensus/membership_change.hpp"

// What operators ask of the cluster itself.
namespace confman::api {
namespace {

Translated as_change(Incoming&& in, consensus::MemberChange change) {
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  node::ChangeMembers ask{.change = std::move(change),
                          .member = in.plan.key,
                          .actor = actor_of(in),
                          .request_id = in.request.id};
  return Operation{.ask = std::move(ask), .timeout = *timeout, .plan = std::move(in.plan)};
}

// Members have no versions, and their changes aren't remembered by a key. What a client asks for so
// can't be promised, and isn't dropped in silence.
std::expected<void, http::Problem> check_no_conditions(const RequestHeaders& headers) {
  const auto refused = [](const char* code, std::string_view header, std::string detail) {
    http::Problem result = problem(code, std::move(detail));
    add_text(result, "header", header);
    return std::unexpected(std::move(result));
  };
  const auto conditional = [&](std::string_view header) {
    return refused("bad_precondition", header,
                   "Members have no versions: there is nothing that a condition could be about.");
  };
  if (headers.if_match) return conditional("If-Match");
  if (headers.if_none_match) return conditional("If-None-Match");
  if (headers.if_unmodified_since) return conditional("If-Unmodified-Since");
  if (headers.idempotency_key) {
    return refused("bad_idempotency_key", "Idempotency-Key",
                   "Changes of members and of the leader aren't remembered by a key. GET "
                   "/api/v1/admin/members says whether one was made.");
  }
  return {};
}

std::string_view name_of(consensus::MemberField field) {
  switch (field) {
    case consensus::MemberField::Name:
      return "name";
    case consensus::MemberField::Peer:
      return "peerAddress";
    case consensus::MemberField::Api:
      return "apiAddress";
  }
  return "";
}

http::Problem problem_of(const std::vector<consensus::MemberProblem>& wrong) {
  std::string detail;
  for (const auto& one : wrong) detail += (detail.empty() ? "" : "; ") + one.message;
  http::Problem result = problem("invalid_member", detail + ".");
  add_text(result, "field", name_of(wrong.front().field));
  add_text(result, "rule", wrong.front().code);
  return result;
}

}  // namespace

// A new member has addresses, and is a learner; of one that is there the role is changed.
Translated translate_member(Incoming&& in) {
  if (auto ok = check_no_conditions(in.headers); !ok) return Refused(std::move(ok.error()));
  const consensus::MemberId id = consensus::member_id(in.plan.key);
  if (in.plan.method == http::Method::Delete) {
    return as_change(std::move(in), consensus::Remove{id});
  }
  auto body = read_member_body(in.headers.content_type, in.request.body);
  if (!body) return Refused(std::move(body.error()));
  if (!body->addresses) {
    if (body->voter) return as_change(std::move(in), consensus::Promote{.id = id});
    return as_change(std::move(in), consensus::Demote{id});
  }
  consensus::Member member{.id = id,
                           .role = consensus::MemberRole::Learner,
                           .name = in.plan.key,
                           .peer_address = std::move(body->addresses->peer),
                           .api_address = std::move(body->addresses->api)};
  // Whether an address is another member's the leader decides, who knows them all.
  const auto wrong = consensus::problems_of(member, {.loopback_only = in.rules.development_mode});
  if (!wrong.empty()) return Refused(problem_of(wrong));
  return as_change(std::move(in), consensus::AddLearner{std::move(member)});
}

Translated translate_transfer(Incoming&& in) {
  if (auto ok = check_no_conditions(in.headers); !ok) return Refused(std::move(ok.error()));
  const auto body = read_transfer_body(in.headers.content_type, in.request.body);
  if (!body) return Refused(body.error());
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  node::Transfer ask;
  if (!body->to.empty()) ask.to = consensus::member_id(body->to);
  return Operation{.ask = ask, .timeout = *timeout, .plan = std::move(in.plan)};
}

}  // namespace confman::api
