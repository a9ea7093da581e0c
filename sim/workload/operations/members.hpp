#pragma once

#include "sim/workload/operations/operation.hpp"

// What the operator asks of the cluster (sim/workload/operator.hpp). Their key is a member: the
// node's number + 1. Judged by the oracles of members and elections.
namespace confman::sim {

struct MemberOp : OpDefaults {
  static constexpr bool kIsAdmin = true;
  std::string about(const ClientOp& op) const;

 protected:
  static node::ChangeMembers change_of(const ClientOp& op, consensus::MemberChange change);
};

struct AddMemberOp : MemberOp {
  static constexpr std::string_view kName = "add member";
  AskedOperation asked(const ClientOp& op) const;
};

struct PromoteMemberOp : MemberOp {
  static constexpr std::string_view kName = "promote member";
  static constexpr bool kChangesVoters = true;
  AskedOperation asked(const ClientOp& op) const;
};

struct DemoteMemberOp : MemberOp {
  static constexpr std::string_view kName = "demote member";
  static constexpr bool kChangesVoters = true;
  AskedOperation asked(const ClientOp& op) const;
};

struct RemoveMemberOp : MemberOp {
  static constexpr std::string_view kName = "remove member";
  static constexpr bool kChangesVoters = true;
  AskedOperation asked(const ClientOp& op) const;
};

// Key 0: to whoever is best.
struct TransferLeaderOp : MemberOp {
  static constexpr std::string_view kName = "transfer leadership to";
  AskedOperation asked(const ClientOp& op) const;
};

}  // namespace confman::sim
