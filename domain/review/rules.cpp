#include "domain/review/rules.hpp"

#include <algorithm>
#include <bit>
#include <utility>
#include <variant>

#include "domain/access/commands.hpp"
#include "domain/access/group.hpp"
#include "domain/access/principal.hpp"
#include "domain/access/role_names.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/limits.hpp"
#include "domain/review/approvers.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/held_to.hpp"

namespace confman::domain {
namespace {

bool is_member(const StateStore& store, std::string_view group, std::string_view identity) {
  const auto principal = parse_principal(group);
  return principal && principal->kind == PrincipalKind::Group &&
         store.get(Table::GroupMember, keys::of_group_member(principal->name, identity))
             .has_value();
}

bool names(const StateStore& store, std::string_view principals, std::string_view identity) {
  return std::ranges::any_of(split_list(principals), [&](std::string_view principal) {
    return principal == identity || is_member(store, principal, identity);
  });
}

// Whose approvals count where they may give them: of this content, and none of its authors'.
bool is_of(const RequestRow& row, const Approval& approval, std::uint64_t schemas) {
  return approval.row.content == row.content && approval.row.schemas == schemas &&
         !had_a_hand_in(row, approval.identity);
}

}  // namespace

std::string who_is(const Caller& caller) {
  return caller.principal.empty() ? std::string(kAnonymous) : caller.principal;
}

bool had_a_hand_in(const RequestRow& row, std::string_view identity) {
  return std::ranges::count(split_list(row.contributors), identity) > 0;
}

std::vector<Approval> approvals_of(const StateStore& store, std::uint64_t id) {
  std::vector<Approval> approvals;
  const Bytes prefix = keys::of_request(id);
  store.scan(Table::Approval, prefix, keys::end_of_prefix(prefix),
             [&](ByteView key, ByteView value) {
               const auto parsed = keys::parse_key<keys::ApprovalKey>(key);
               CONFMAN_ASSERT(parsed, "A row of Approval has a key that does not parse.");
               approvals.push_back(
                   {std::string(parsed->principal), must_decode(decode_approval_row(value))});
               return true;
             });
  CONFMAN_ASSERT(approvals.size() <= kMaxApprovalsOfRequest,
                 "A request has more approvals than it may.");
  return approvals;
}

std::vector<Requirement> requirements_of(const StateStore& store, const MetaRow& meta,
                                         const RequestRow& row,
                                         const std::vector<Approval>& approvals,
                                         std::uint64_t schemas, Work& work) {
  std::vector<std::string_view> who;
  for (const Approval& approval : approvals) {
    if (is_of(row, approval, schemas)) who.push_back(approval.identity);
  }
  Approvers approvers(store, meta.closed, who);
  std::vector<Requirement> requirements;
  for (const std::string_view path : split_paths(row.namespaces)) {
    Requirement required{std::string(path), policy_at(store, meta.policies, path), 0, {}};
    const Approvers::Set here = who.empty() ? Approvers::Set{} : approvers.in(path);
    required.approvals = static_cast<std::uint64_t>(std::popcount(here));
    for (const std::string_view group : split_list(required.policy.terms().groups)) {
      if ((here & approvers.members_of(group)) == 0) required.missing_groups.emplace_back(group);
    }
    requirements.push_back(std::move(required));
  }
  work += approvers.work();
  return requirements;
}

RequestRules::RequestRules(const StateStore& store, const MetaRow& meta, std::uint64_t id,
                           const RequestRow& row, const Caller& caller, std::uint64_t feature_level)
    : store_(store),
      meta_(meta),
      id_(id),
      row_(row),
      feature_level_(feature_level),
      identity_(who_is(caller)),
      rights_(store, caller),
      paths_(split_paths(row.namespaces)) {}

const std::vector<Approval>& RequestRules::approvals() {
  if (!approvals_) approvals_ = approvals_of(store_, id_);
  return *approvals_;
}

const std::vector<Requirement>& RequestRules::requirements() {
  if (!requirements_) {
    requirements_ = requirements_of(store_, meta_, row_, approvals(), schemas(), work_);
  }
  return *requirements_;
}

std::uint64_t RequestRules::schemas() {
  if (meta_.bindings == 0) return 0;
  if (!schemas_) schemas_ = schemas_bound(store_, decoded_changes_of(store_, id_, row_));
  return *schemas_;
}

Work RequestRules::take_work() {
  Work work = std::exchange(work_, {});
  work += rights_.take_work();
  return work;
}

bool RequestRules::all_met() {
  return std::ranges::all_of(requirements(), &Requirement::is_met);
}

bool RequestRules::heeds_freezes() {
  if (feature_level_ < kTermsInFreezes) return true;
  if (!heeds_freezes_) {
    heeds_freezes_ =
        std::ranges::any_of(decoded_changes_of(store_, id_, row_), [](const CommandBody& change) {
          return std::visit(
              []<class Body>(const Body&) { return Body::kGoverned == Governed::Content; }, change);
        });
  }
  return *heeds_freezes_;
}

std::optional<FreezeWindow> RequestRules::frozen() {
  if (!heeds_freezes()) return std::nullopt;
  for (const Requirement& required : requirements()) {
    if (const auto window = frozen_at(required.policy.terms(), meta_.last_stamp.wall_ms)) {
      return window;
    }
  }
  return std::nullopt;
}

const std::vector<PermissionSet>& RequestRules::held() {
  if (!held_) {
    held_.emplace();
    for (const std::string_view path : paths_) {
      held_->push_back(rights_.at(path));
    }
  }
  return *held_;
}

bool RequestRules::holds_everywhere(Permission permission) {
  return std::ranges::all_of(held(), [&](PermissionSet set) { return set.has(permission); });
}

bool RequestRules::holds_somewhere(Permission permission) {
  return std::ranges::any_of(held(), [&](PermissionSet set) { return set.has(permission); });
}

bool RequestRules::key_allows_everywhere(Permission permission) const {
  return std::ranges::all_of(
      paths_, [&](std::string_view path) { return rights_.scope_at(path).has(permission); });
}

std::optional<Refusal> RequestRules::edit() {
  if (!holds_everywhere(Permission::Draft)) return Refusal::Forbidden;
  if (is_final(row_.lies_in())) return Refusal::WrongRequestState;
  if (const auto no = no_room_for_notes(kMaxNotes)) return no;
  const bool full =
      feature_level_ >= kCommentsEnd && !may_contribute(row_, identity_, kMaxContributors);
  return full ? std::optional(Refusal::TooMany) : std::nullopt;
}

// Below kCommentsEnd it was asked last, and only when the step was taken.
std::optional<Refusal> RequestRules::no_room_for_notes(std::uint32_t limit) const {
  const bool full = feature_level_ >= kCommentsEnd && row_.notes >= limit;
  return full ? std::optional(Refusal::TooManyNotes) : std::nullopt;
}

// The end of a request may be noted however much was said before.
std::optional<Refusal> RequestRules::step(RequestStep step) {
  if (const auto no = may_step(step)) return no;
  switch (step) {
    case RequestStep::Comment:
      return no_room_for_notes(kMaxNotesCommented);
    case RequestStep::Submit:
    case RequestStep::Approve:
    case RequestStep::Reject:
      return no_room_for_notes(kMaxNotes);
    case RequestStep::Rebase:  // an edit, which asks for itself
    case RequestStep::Withdraw:
    case RequestStep::Publish:
    case RequestStep::Emergency:
    case RequestStep::Review:
      return std::nullopt;
  }
  CONFMAN_UNREACHABLE("A step of a request isn't known.");
}

std::optional<Refusal> RequestRules::may_step(RequestStep step) {
  if (!sees()) return Refusal::Forbidden;
  const RequestState state = row_.lies_in();
  const bool under_review = state == RequestState::Pending || state == RequestState::Approved;
  const auto in_review = [&](std::optional<Refusal> (RequestRules::*decide)()) {
    if (!under_review) return std::optional(Refusal::WrongRequestState);
    if (row_.has_expired(meta_.last_stamp.wall_ms)) return std::optional(Refusal::RequestExpired);
    return (this->*decide)();
  };
  switch (step) {
    case RequestStep::Submit:
      if (!holds_everywhere(Permission::Draft)) return Refusal::Forbidden;
      if (state != RequestState::Draft) return Refusal::WrongRequestState;
      return std::nullopt;
    case RequestStep::Approve:
      return in_review(&RequestRules::approve);
    case RequestStep::Reject:
      if (!holds_somewhere(Permission::Approve)) return Refusal::Forbidden;
      return under_review ? std::nullopt : std::optional(Refusal::WrongRequestState);
    case RequestStep::Withdraw:
      if (!had_a_hand_in(row_, identity_) && !holds_everywhere(Permission::ManagePolicy)) {
        return Refusal::Forbidden;
      }
      return is_final(state) ? std::optional(Refusal::WrongRequestState) : std::nullopt;
    case RequestStep::Comment:
      return std::nullopt;
    case RequestStep::Rebase:
      return edit();
    case RequestStep::Publish:
      return in_review(&RequestRules::publish);
    case RequestStep::Emergency:
      return in_review(&RequestRules::emergency);
    case RequestStep::Review:
      return review();
  }
  CONFMAN_UNREACHABLE("A step of a request has no rule.");
}

// Nobody agrees to what they can't see.
std::optional<Refusal> RequestRules::approve() {
  if (!holds_everywhere(Permission::Draft) || !holds_somewhere(Permission::Approve)) {
    return Refusal::Forbidden;
  }
  if (had_a_hand_in(row_, identity_)) return Refusal::SelfApproval;
  // An approval is its giver's, and counts wherever they may give it, also where they may only
  // later; so the key has to allow it in all of the namespaces.
  if (feature_level_ >= kWholeRights && !key_allows_everywhere(Permission::Approve)) {
    return Refusal::KeyTooNarrow;
  }
  const auto mine = std::ranges::find(approvals(), identity_, &Approval::identity);
  if (mine != approvals().end() && mine->row.content == row_.content &&
      mine->row.schemas == schemas()) {
    return Refusal::AlreadyApproved;
  }
  const bool full = mine == approvals().end() && approvals().size() >= kMaxApprovalsOfRequest;
  return full ? std::optional(Refusal::TooMany) : std::nullopt;
}

std::optional<Refusal> RequestRules::publish() {
  if (!all_met()) return Refusal::ApprovalsMissing;
  const bool approved = std::ranges::count(approvals(), identity_, &Approval::identity) > 0;
  const bool leave_it = std::ranges::any_of(requirements(), [](const Requirement& required) {
    return required.policy.terms().approver_must_not_publish;
  });
  if (approved && leave_it) return Refusal::ApproverPublishes;
  const bool later = row_.publish_at_ms > meta_.last_stamp.wall_ms;
  if (later && row_.is_scheduled()) return Refusal::WrongRequestState;
  return !later && frozen() ? std::optional(Refusal::Frozen) : std::nullopt;
}

// The policies of all namespaces that stand in the way name who asks; and who has the data
// directory may do everything (access/commands.hpp), or a policy could lock everybody out.
std::optional<Refusal> RequestRules::emergency() {
  const std::int64_t now = meta_.last_stamp.wall_ms;
  // Who agreed did so for a time.
  const bool early = row_.publish_at_ms > now;
  bool needed = false;
  for (const Requirement& required : requirements()) {
    const PolicyTerms& terms = required.policy.terms();
    const bool frozen = heeds_freezes() && frozen_at(terms, now);
    if (required.is_met() && !early && !frozen) continue;
    needed = true;
    if (identity_ != MintBootstrapKey::kBootstrapPrincipal &&
        !names(store_, terms.emergency, identity_)) {
      return Refusal::NoEmergency;
    }
  }
  if (!needed) return Refusal::NoEmergencyNeeded;
  // Its event is of one namespace, and somebody has to see all of it to look at it afterwards: a
  // change in a namespace that is nobody else's would keep both from everybody.
  const bool wide = feature_level_ >= kWholeRights && split_paths(row_.namespaces).size() > 1;
  return wide ? std::optional(Refusal::EmergencyTooWide) : std::nullopt;
}

std::optional<Refusal> RequestRules::review() {
  if (!row_.awaits_review()) return Refusal::WrongRequestState;
  if (!holds_everywhere(Permission::Draft) || !holds_somewhere(Permission::Approve)) {
    return Refusal::Forbidden;
  }
  const bool own = had_a_hand_in(row_, identity_);
  return own ? std::optional(Refusal::SelfApproval) : std::nullopt;
}

}  // namespace confman::domain
