#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access/rights.hpp"
#include "domain/model/refusal.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/request.hpp"
#include "domain/state/store.hpp"

// Who may do what with a request, as of one state. The same rules decide a step and tell, before
// it, whether it would be allowed and why not.
namespace confman::domain {

// Who somebody is where it counts that two are not the same: the owner of their key. All who come
// without one, to an open cluster, are one.
inline constexpr std::string_view kAnonymous = "anonymous";
std::string who_is(const Caller& caller);
bool had_a_hand_in(const RequestRow& row, std::string_view identity);

struct Approval {
  std::string identity;
  ApprovalRow row;
};
// In the order of their identities; at most kMaxApprovalsOfRequest.
std::vector<Approval> approvals_of(const StateStore&, std::uint64_t id);

// What a namespace's policy asks of a request, and what of that is there.
struct Requirement {
  std::string path;
  EffectivePolicy policy;
  std::uint64_t approvals{};                // that count here
  std::vector<std::string> missing_groups;  // none of whose members is among them

  bool is_met() const { return approvals >= policy.terms().approvals && missing_groups.empty(); }
};
// `schemas`: schemas_bound() of its changes. An approval counts by what its giver may at this
// moment, whatever key they once came with (review/approvers.hpp).
std::vector<Requirement> requirements_of(const StateStore&, const MetaRow&, const RequestRow&,
                                         const std::vector<Approval>&, std::uint64_t schemas,
                                         Work&);

// A request, and what somebody may do with it as of a state. Reads what it needs once; what it is
// made of has to outlive it.
class RequestRules {
 public:
  RequestRules(const StateStore&, const MetaRow&, std::uint64_t id, const RequestRow&,
               const Caller&, std::uint64_t feature_level);

  // Why the caller may not; nothing: they may. Publish and Emergency are decided in full only when
  // each change is (review/publish.hpp).
  std::optional<Refusal> edit();
  std::optional<Refusal> step(RequestStep);
  // Drafts are for those who may draft in one of its namespaces; each change for who may in its
  // own.
  bool sees() { return holds_somewhere(Permission::Draft); }

  const std::vector<Requirement>& requirements();
  const std::vector<Approval>& approvals();
  std::uint64_t schemas();  // schemas_bound() of the changes
  // Of what the policies of its namespaces ask.
  bool all_met();
  std::optional<FreezeWindow> frozen();
  // A freeze is of what is published: a request that changes nothing but terms (Governed::Terms)
  // goes on in it, as the same does without a request. Else nobody could lift one.
  bool heeds_freezes();

  // What it took to find out who may what.
  Work take_work();

 private:
  bool holds_everywhere(Permission);
  bool holds_somewhere(Permission);
  const std::vector<PermissionSet>& held();  // in each of the namespaces
  bool key_allows_everywhere(Permission) const;
  std::optional<Refusal> may_step(RequestStep);
  std::optional<Refusal> no_room_for_notes(std::uint32_t limit) const;
  std::optional<Refusal> approve();
  std::optional<Refusal> publish();
  std::optional<Refusal> emergency();
  std::optional<Refusal> review();

  const StateStore& store_;
  const MetaRow& meta_;
  const std::uint64_t id_;
  const RequestRow& row_;
  const std::uint64_t feature_level_;
  const std::string identity_;  // the caller's
  Rights rights_;
  std::vector<std::string_view> paths_;
  std::optional<std::vector<PermissionSet>> held_;
  std::optional<std::vector<Approval>> approvals_;
  std::optional<std::vector<Requirement>> requirements_;
  std::optional<std::uint64_t> schemas_;
  std::optional<bool> heeds_freezes_;
  Work work_;
};

}  // namespace confman::domain
