#include "sim/workload/operations/members.hpp"

#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {
namespace {

consensus::MemberId id_of(const ClientOp& op) {
  return consensus::MemberId{op.key};
}

domain::Credentials from_of(const ClientOp& op) {
  domain::Credentials from = credentials_of(op.client, op.request, op.api_key);
  if (op.api_key != kAsSystem) from.actor = {domain::ActorType::User, "operator", {}};
  return from;
}

}  // namespace

std::string MemberOp::about(const ClientOp& op) const {
  return std::to_string(op.key);
}

node::ChangeMembers MemberOp::change_of(const ClientOp& op, consensus::MemberChange change) {
  node::ChangeMembers result;
  result.change = change;
  result.member = numbered("node", op.key);
  result.from = from_of(op);
  result.request_id = numbered("req", op.request);
  return result;
}

AskedOperation AddMemberOp::asked(const ClientOp& op) const {
  return change_of(op, consensus::AddLearner{member_of(static_cast<int>(op.key) - 1)});
}

AskedOperation PromoteMemberOp::asked(const ClientOp& op) const {
  return change_of(op, consensus::Promote{.id = id_of(op)});
}

AskedOperation DemoteMemberOp::asked(const ClientOp& op) const {
  return change_of(op, consensus::Demote{id_of(op)});
}

AskedOperation RemoveMemberOp::asked(const ClientOp& op) const {
  return change_of(op, consensus::Remove{id_of(op)});
}

AskedOperation TransferLeaderOp::asked(const ClientOp& op) const {
  node::Transfer transfer;
  transfer.from = from_of(op);
  if (op.key != 0) transfer.to = id_of(op);
  return transfer;
}

}  // namespace confman::sim
