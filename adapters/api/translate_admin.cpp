#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "consensus/membership_change.hpp"

// What operators ask of the cluster itself.
namespace confman::api {
namespace {

Translated as_change(Incoming&& in, consensus::MemberChange change) {
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  node::ChangeMembers ask{
      .change = std::move(change), .actor = actor_of(in), .request_id = in.request.id};
  return Operation{.ask = std::move(ask), .timeout = *timeout, .plan = std::move(in.plan)};
}

}  // namespace

// A new member has addresses, and is a learner; of one that is there the role is changed.
Translated translate_member(Incoming&& in) {
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
  return as_change(std::move(in), consensus::AddLearner{std::move(member)});
}

Translated translate_transfer(Incoming&& in) {
  const auto body = read_transfer_body(in.headers.content_type, in.request.body);
  if (!body) return Refused(body.error());
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  node::Transfer ask;
  if (!body->to.empty()) ask.to = consensus::member_id(body->to);
  return Operation{.ask = ask, .timeout = *timeout, .plan = std::move(in.plan)};
}

}  // namespace confman::api
