#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "consensus/member_rules.hpp"
#include "consensus/membership_change.hpp"
#include "domain/json/writer.hpp"

// The members of the cluster, and who of them leads.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

// {"role": "voter" | "learner"} of a member that is there, or {"peerAddress":…, "apiAddress":…} of
// one that is to be added, with "role": "learner" or without.
struct MemberBody {
  struct Addresses {
    std::string peer;
    std::string api;
  };
  std::optional<Addresses> addresses;
  bool voter = false;
};
std::expected<MemberBody, http::Problem> read_member_body(
    std::optional<std::string_view> content_type, std::string_view body) {
  static constexpr auto kFields =
      std::to_array<std::string_view>({"role", "peerAddress", "apiAddress"});
  auto object = read_json_object(content_type, body, kFields);
  if (!object) return Refused(std::move(object.error()));
  const auto role = text_field(*object, "role");
  if (!role) return Refused(role.error());
  if (!role->empty() && *role != "voter" && *role != "learner") {
    return at_field("bad_role", "role", "A member is a \"voter\" or a \"learner\".");
  }
  MemberBody result{.addresses = {}, .voter = *role == "voter"};
  auto peer = text_field(*object, "peerAddress");
  if (!peer) return Refused(std::move(peer.error()));
  auto api = text_field(*object, "apiAddress");
  if (!api) return Refused(std::move(api.error()));
  if (peer->empty() && api->empty()) {
    if (!role->empty()) return result;
    return at_field("missing_field", "role",
                    "The body names the role of a member, or the addresses of a new one.");
  }
  if (peer->empty() || api->empty()) {
    return at_field("missing_field", peer->empty() ? "peerAddress" : "apiAddress",
                    "A new member needs both addresses.");
  }
  if (result.voter) {
    return at_field("bad_role", "role",
                    "A new member is a learner until it has caught up; then make it a voter.");
  }
  result.addresses = {.peer = std::move(*peer), .api = std::move(*api)};
  return result;
}

// {"to":…}: who is to lead; {}: whoever has most of the log.
struct TransferBody {
  std::string to;  // empty: not given
};
std::expected<TransferBody, http::Problem> read_transfer_body(
    std::optional<std::string_view> content_type, std::string_view body) {
  static constexpr auto kFields = std::to_array<std::string_view>({"to"});
  auto object = read_json_object(content_type, body, kFields);
  if (!object) return Refused(std::move(object.error()));
  auto to = text_field(*object, "to");
  if (!to) return Refused(std::move(to.error()));
  return TransferBody{.to = std::move(*to)};
}

Translated as_change(Incoming&& in, consensus::MemberChange change) {
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  node::ChangeMembers ask{.change = std::move(change),
                          .member = in.plan.key,
                          .from = in.credentials,
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

// A new member has addresses, and is a learner; of one that is there the role is changed.
Translated put_member(Incoming&& in) {
  if (auto ok = check_no_conditions(in.headers); !ok) return Refused(std::move(ok.error()));
  const consensus::MemberId id = consensus::member_id(in.plan.key);
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
  // There is no TLS yet, so members are on this machine. Whether an address is another member's the
  // leader decides, who knows them all.
  const auto wrong = consensus::problems_of(member, {.loopback_only = true});
  if (!wrong.empty()) return Refused(problem_of(wrong));
  return as_change(std::move(in), consensus::AddLearner{std::move(member)});
}

Translated remove_member(Incoming&& in) {
  if (auto ok = check_no_conditions(in.headers); !ok) return Refused(std::move(ok.error()));
  const consensus::MemberId id = consensus::member_id(in.plan.key);
  return as_change(std::move(in), consensus::Remove{id});
}

Translated transfer(Incoming&& in) {
  if (auto ok = check_no_conditions(in.headers); !ok) return Refused(std::move(ok.error()));
  const auto body = read_transfer_body(in.headers.content_type, in.request.body);
  if (!body) return Refused(body.error());
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  node::Transfer ask{.to = {}, .from = in.credentials};
  if (!body->to.empty()) ask.to = consensus::member_id(body->to);
  return Operation{.ask = std::move(ask), .timeout = *timeout, .plan = std::move(in.plan)};
}

// --- out -----------------------------------------------------------------------------------------

// {"members":[…],"joint":…}
void append_members(json::Writer& out, const consensus::Membership& membership) {
  // By name: the order of the ids, which are hashes, says nothing to anybody.
  std::vector<consensus::Member> members = membership.members;
  std::ranges::sort(members, {}, &consensus::Member::name);
  out.begin_object().key("members").begin_array();
  for (const consensus::Member& member : members) {
    out.begin_object();
    append_member_fields(out, member);
    out.end_object();
  }
  out.end_array().member("joint", membership.joint()).end_object();
}

// Whom this node knows to be a member.
http::Response members_here(const LocalView& view) {
  http::Response response = fresh_document();
  json::Writer out(response.body);
  append_members(out, view.report.membership);
  return response;
}

http::Response members_after_change(const Plan&, const http::Request&, NodeOutcome&& outcome) {
  http::Response response = json_document();
  json::Writer out(response.body);
  append_members(out, std::get<node::AdminDone>(outcome).membership);
  return response;
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kMember{"/api/v1/admin/members/{name}", "The member's name"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/admin/members",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = as_local<members_here>},
    {.pattern = kMember,
     .methods = kPut,
     .permission = Permission::ManageCluster,
     .translate = put_member,
     .render = members_after_change,
     .parameters = set_of({Parameter::Timeout})},
    {.pattern = kMember,
     .methods = kDelete,
     .permission = Permission::ManageCluster,
     .translate = remove_member,
     .render = members_after_change,
     .parameters = set_of({Parameter::Timeout})},
    {.pattern = "/api/v1/admin/transfer",
     .methods = kPost,
     .permission = Permission::ManageCluster,
     .translate = transfer,
     .render = members_after_change,
     .parameters = set_of({Parameter::Timeout})},
});

}  // namespace

Rows resources::members() {
  return kRows;
}

}  // namespace confman::api
