#include <algorithm>

#include "domain/command/command.hpp"
#include "domain/review/commands.hpp"
#include "sim/reference/change.hpp"
#include "sim/reference/state.hpp"

// What policies, and commands about requests, come to.
namespace confman::sim {

using domain::Action;
using domain::Permission;
using domain::Refusal;
using domain::RequestState;
using domain::RequestStep;

namespace {

std::string joined(const std::set<std::string>& words, char between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

bool is_content(const domain::CommandBody& body) {
  return std::holds_alternative<domain::PutEntry>(body) ||
         std::holds_alternative<domain::DeleteEntry>(body) ||
         std::holds_alternative<domain::RollbackEntry>(body) ||
         std::holds_alternative<domain::PutNamespace>(body) ||
         std::holds_alternative<domain::DeleteNamespace>(body) ||
         std::holds_alternative<domain::RollbackNamespace>(body);
}

bool is_of_terms(const domain::CommandBody& body) {
  return std::holds_alternative<domain::PutRole>(body) ||
         std::holds_alternative<domain::DeleteRole>(body) ||
         std::holds_alternative<domain::PutAssignment>(body) ||
         std::holds_alternative<domain::DeleteAssignment>(body) ||
         std::holds_alternative<domain::AddGroupMember>(body) ||
         std::holds_alternative<domain::RemoveGroupMember>(body) ||
         std::holds_alternative<domain::PutPolicy>(body) ||
         std::holds_alternative<domain::DeletePolicy>(body) ||
         std::holds_alternative<domain::DestroyVersion>(body) ||
         std::holds_alternative<domain::PutQuota>(body) ||
         std::holds_alternative<domain::DeleteQuota>(body) ||
         std::holds_alternative<domain::PutRetention>(body) ||
         std::holds_alternative<domain::DeleteRetention>(body);
}

Sha256Digest digest_of(const std::vector<domain::CommandBody>& changes, std::int64_t at_ms) {
  Bytes all;
  ByteWriter out(all);
  out.u64(static_cast<std::uint64_t>(at_ms));
  for (const domain::CommandBody& change : changes) out.bytes(domain::encode_body(change));
  return sha256(all);
}

domain::Precondition starting_from(std::uint64_t version) {
  domain::Precondition condition;
  if (version == 0) condition.if_absent = true;
  if (version != 0) condition.if_version = version;
  return condition;
}

}  // namespace

// --- what it was

// What the entry changed.
void ReferenceState::remember_review() {
  if (feature_level_ < kReview) return;
  std::vector<std::string> gone;
  policies_were_.for_each(at_.index, [&](const std::string& path, const domain::PolicyRow&) {
    if (!review_.policies.contains(path)) gone.push_back(path);
  });
  for (const std::string& path : gone) policies_were_.set(at_.index, path, std::nullopt);
  for (const auto& [path, row] : review_.policies) {
    if (row.revision == at_) policies_were_.set(at_.index, path, row);
  }
  for (const auto& [id, request] : review_.requests) {
    if (request.row.revision == at_ || emptied_.contains(id)) {
      requests_were_.set(at_.index, id, std::make_shared<const ReviewedRequest>(request));
    }
  }
  emptied_.clear();
}

Review ReferenceState::review_at(std::uint64_t index) const {
  Review was;
  policies_were_.for_each(index, [&](const std::string& path, const domain::PolicyRow& row) {
    was.policies.emplace(path, row);
  });
  requests_were_.for_each(
      index, [&](std::uint64_t id, const auto& request) { was.requests.emplace(id, *request); });
  return was;
}

// --- what a policy asks of everybody

std::optional<Refusal> ReferenceState::held_up(const domain::CommandBody& body) const {
  const bool content = is_content(body);
  if (publishing_ != 0 || (!content && !is_of_terms(body))) return std::nullopt;
  const domain::PolicyTerms* terms = review_.terms_at(about_change(body).path);
  if (terms == nullptr) return std::nullopt;
  if (content && is_frozen(*terms, stamp_.wall_ms)) return Refusal::Frozen;
  const bool rolls_back = std::holds_alternative<domain::RollbackEntry>(body) ||
                          std::holds_alternative<domain::RollbackNamespace>(body);
  const bool instant = rolls_back && !terms->rollback_needs_approval;
  const bool asks = terms->approvals != 0 || !terms->groups.empty();
  return asks && !instant ? std::optional(Refusal::ReviewRequired) : std::nullopt;
}

// --- policies

ReferenceState::Change ReferenceState::decide(const domain::PutPolicy& put) const {
  Change change{.action = Action::PolicyPut, .after = at_.index};
  if (name_space(put.path, at_.index) == nullptr) {
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  const auto found = review_.policies.find(put.path);
  if (found != review_.policies.end()) change.before = found->second.revision.index;
  change.refusal = broken_by(put.precondition, change.before, Refusal::PolicyExists);
  return change;
}

void ReferenceState::make(const domain::PutPolicy& put, const Change& /*change*/) {
  review_.policies[put.path] = {at_, author_, stamp_, put.terms};
}

ReferenceState::Change ReferenceState::decide(const domain::DeletePolicy& erase) const {
  Change change{.action = Action::PolicyDeleted};
  const auto found = review_.policies.find(erase.path);
  if (found != review_.policies.end()) change.before = found->second.revision.index;
  change.refusal = broken_by(erase.precondition, change.before, Refusal::PolicyExists);
  if (!change.refusal && change.before == 0) change.refusal = Refusal::PolicyNotFound;
  return change;
}

void ReferenceState::make(const domain::DeletePolicy& erase, const Change& /*change*/) {
  review_.policies.erase(erase.path);
}

// --- who is who

std::string ReferenceState::me() const {
  return asker_.principal.empty() ? "anonymous" : asker_.principal;
}

bool ReferenceState::may_now(const std::string& who, Permission permission,
                             const std::string& path) const {
  if (who == "anonymous") return access_.closed_at > at_.index;
  return (access_.bits_of(who, path, at_.index) & Access::bit(permission)) != 0;
}

bool ReferenceState::may_in_all(Permission permission,
                                const std::vector<domain::CommandBody>& changes) const {
  return std::ranges::all_of(paths_of(changes), [&](auto& path) { return may(permission, path); });
}

bool ReferenceState::may_in_some(Permission permission,
                                 const std::vector<domain::CommandBody>& changes) const {
  return std::ranges::any_of(paths_of(changes), [&](auto& path) { return may(permission, path); });
}

bool ReferenceState::belongs_to(const std::string& who, const std::string& name) const {
  return name == who || (name.starts_with("group:") &&
                         access_.members.at({name.substr(6), who}, at_.index) != nullptr);
}

// What a namespace's policy asks of a request is there.
bool ReferenceState::is_met(const ReviewedRequest& request, const std::string& path) const {
  const domain::PolicyTerms* terms = review_.terms_at(path);
  if (terms == nullptr) return true;
  std::set<std::string> agree;
  for (const auto& [who, approval] : request.approvals) {
    if (approval.content != request.row.content || request.hands.contains(who)) continue;
    if (may_now(who, Permission::Approve, path)) agree.insert(who);
  }
  if (agree.size() < terms->approvals) return false;
  return std::ranges::all_of(words_of(terms->groups), [&](const std::string& group) {
    return std::ranges::any_of(agree, [&](auto& who) { return belongs_to(who, group); });
  });
}

bool ReferenceState::is_met(const ReviewedRequest& request) const {
  return std::ranges::all_of(paths_of(request.changes),
                             [&](auto& path) { return is_met(request, path); });
}

// A freeze is of content; what else there is in a request goes on in it.
bool ReferenceState::heeds_freezes(const ReviewedRequest& request) const {
  return feature_level_ < kTermsInFreezes || std::ranges::any_of(request.changes, is_content);
}

bool ReferenceState::is_in_freeze(const ReviewedRequest& request) const {
  return heeds_freezes(request) && std::ranges::any_of(paths_of(request.changes), [&](auto& path) {
           const domain::PolicyTerms* terms = review_.terms_at(path);
           return terms != nullptr && is_frozen(*terms, stamp_.wall_ms);
         });
}

// The version that is there of what a change is about; nothing: such things have none.
std::optional<std::uint64_t> ReferenceState::live_of(const domain::CommandBody& change) const {
  const About about = about_change(change);
  const auto entry = [&]() -> std::uint64_t {
    const domain::EntryRow* row = live({about.path, about.key}, at_.index);
    return row == nullptr ? 0 : row->version;
  };
  const auto index_of = [](const auto* row) -> std::uint64_t {
    return row == nullptr ? 0 : row->revision.index;
  };
  switch (change.index()) {
    case 0:  // put, delete, rollback of an entry
    case 1:
    case 5:
      return entry();
    case 2:
    case 3: {
      const domain::NamespaceRow* row = name_space(about.path, at_.index);
      return row == nullptr ? 0 : row->version;
    }
    default:
      break;
  }
  if (std::holds_alternative<domain::PutRole>(change) ||
      std::holds_alternative<domain::DeleteRole>(change)) {
    return index_of(access_.roles.at(about.key, at_.index));
  }
  if (std::holds_alternative<domain::PutAssignment>(change) ||
      std::holds_alternative<domain::DeleteAssignment>(change)) {
    return index_of(access_.assignments.at({about.path, about.key}, at_.index));
  }
  if (std::holds_alternative<domain::PutPolicy>(change) ||
      std::holds_alternative<domain::DeletePolicy>(change)) {
    const auto found = review_.policies.find(about.path);
    return found == review_.policies.end() ? 0 : found->second.revision.index;
  }
  return std::nullopt;
}

std::uint32_t ReferenceState::moved(const std::vector<domain::CommandBody>& changes) const {
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    const auto live = live_of(changes[i]);
    if (!live) continue;
    const auto from = std::visit(
        []<class Body>(const Body& body) -> std::uint64_t {
          if constexpr (requires { body.precondition; }) {
            return body.precondition.if_version.value_or(0);
          }
          return 0;
        },
        changes[i]);
    if (from != *live) return i + 1;
  }
  return 0;
}

// --- requests

void ReferenceState::about_request(std::uint64_t id, Change& change) const {
  change.request = id;
  change.path = "/";
  change.key = "request/" + std::to_string(id);
  const auto found = review_.requests.find(id);
  if (found == review_.requests.end()) return;
  change.before = found->second.row.version;
  change.path = *paths_of(found->second.changes).begin();
}

void ReferenceState::set_changes(ReviewedRequest& request, std::vector<domain::CommandBody> changes,
                                 std::int64_t publish_at_ms) {
  request.row.bytes = 0;
  for (const domain::CommandBody& change : changes) {
    request.row.bytes += domain::encode_body(change).size();
  }
  request.row.changes = static_cast<std::uint32_t>(changes.size());
  request.row.namespaces = joined(paths_of(changes), '\n');
  request.row.publish_at_ms = publish_at_ms;
  request.row.content = digest_of(changes, publish_at_ms);
  if (feature_level_ >= kPast) {
    request.row.holds = at_.index;
    for (const domain::CommandBody& change : changes) {
      std::uint64_t needed = at_.index;
      if (const auto* all = std::get_if<domain::RollbackNamespace>(&change)) {
        needed = all->to_revision.index;
      } else if (const auto* one = std::get_if<domain::RollbackEntry>(&change)) {
        const auto* target = version({one->path, one->key}, one->to_version, at_.index);
        if (target != nullptr) needed = target->revision.index;
      }
      request.row.holds = std::min(request.row.holds, needed);
    }
  }
  request.changes = std::move(changes);
}

void ReferenceState::note(ReviewedRequest& request, Action action, const std::string& text,
                          std::optional<Refusal> refusal) {
  request.notes.push_back({.action = action,
                           .actor = actor_,
                           .stamp = stamp_,
                           .revision = at_,
                           .version = request.row.version,
                           .text = text,
                           .refusal = refusal});
}

// The row of what has changed.
void ReferenceState::settle(ReviewedRequest& request) {
  request.row.contributors = joined(request.hands, ',');
  request.row.approvals = static_cast<std::uint32_t>(request.approvals.size());
  request.row.notes = static_cast<std::uint32_t>(request.notes.size());
  request.row.updated_at = stamp_;
  request.row.revision = at_;
}

std::int64_t ReferenceState::lifetime_of(const ReviewedRequest& request) const {
  std::int64_t lifetime = std::int64_t{366} * 24 * 3'600'000;
  for (const std::string& path : paths_of(request.changes)) {
    const domain::PolicyTerms* terms = review_.terms_at(path);
    const std::int64_t usual = std::int64_t{30} * 24 * 3'600'000;
    const bool says = terms != nullptr && terms->lifetime_ms != 0;
    lifetime = std::min(lifetime, says ? terms->lifetime_ms : usual);
  }
  return lifetime;
}

void ReferenceState::submit(ReviewedRequest& request) {
  request.row.submitted_at = stamp_;
  request.row.expires_ms = stamp_.wall_ms + lifetime_of(request);
  const auto state = is_met(request) ? RequestState::Approved : RequestState::Pending;
  request.row.state = static_cast<std::uint64_t>(state);
}

void ReferenceState::edited(ReviewedRequest& request) {
  request.approvals.clear();
  request.hands.insert(me());
  request.row.scheduled_by.clear();
  request.row.scheduled_scopes.clear();
  request.row.state = static_cast<std::uint64_t>(RequestState::Draft);
  request.row.submitted_at = {};
  request.row.expires_ms = 0;
  ++request.row.version;
}

ReferenceState::Change ReferenceState::decide(const domain::CreateRequest& create) const {
  const auto changes = changes_in(create.changes);
  Change change{.action = Action::RequestCreated};
  about_request(at_.index, change);
  change.path = *paths_of(changes).begin();
  change.before = 0;
  change.after = 1;
  if (!may_in_all(Permission::Draft, changes)) {
    change.refusal = Refusal::Forbidden;
  } else if (create.submit && moved(changes) != 0) {
    change.refusal = Refusal::BaseMoved;
    change.refused_change = moved(changes);
  }
  const bool noted = create.submit && feature_level_ >= kSubmissionsNoted;
  if (noted && !change.refusal) change.action = Action::RequestSubmitted;
  return change;
}

void ReferenceState::make(const domain::CreateRequest& create, const Change& change) {
  ReviewedRequest request;
  request.row.state = static_cast<std::uint64_t>(RequestState::Draft);
  request.row.version = 1;
  request.row.title = create.title;
  request.row.reason = create.reason;
  request.row.author = actor_;
  request.row.created_at = stamp_;
  request.hands.insert(me());
  set_changes(request, changes_in(create.changes), create.publish_at_ms);
  note(request, Action::RequestCreated, {});
  if (create.submit) {
    submit(request);
    note(request, Action::RequestSubmitted, {});
  }
  if (change.action == Action::RequestSubmitted) {
    Change made = change;
    made.action = Action::RequestCreated;
    add_event(made, create, asked_as_);
  }
  settle(request);
  review_.requests.emplace(at_.index, std::move(request));
}

ReferenceState::Change ReferenceState::decide(const domain::EditRequest& edit) const {
  Change change{.action = Action::RequestEdited};
  about_request(edit.id, change);
  const auto found = review_.requests.find(edit.id);
  if (found == review_.requests.end() || !may_in_some(Permission::Draft, found->second.changes)) {
    change.refusal = Refusal::RequestNotFound;
    return change;
  }
  const ReviewedRequest& request = found->second;
  if (!may_in_all(Permission::Draft, request.changes)) {
    change.refusal = Refusal::Forbidden;
  } else if (request.is_over()) {
    change.refusal = Refusal::WrongRequestState;
  } else if (feature_level_ >= kCommentsEnd && request.notes.size() >= domain::kMaxNotes) {
    change.refusal = Refusal::TooManyNotes;
  } else if (!may_in_all(Permission::Draft, changes_in(edit.changes))) {
    change.refusal = Refusal::Forbidden;
  } else {
    change.refusal = broken_by(edit.precondition, request.row.version, Refusal::VersionMismatch);
  }
  change.after = request.row.version + 1;
  return change;
}

void ReferenceState::make(const domain::EditRequest& edit, const Change& /*change*/) {
  ReviewedRequest& request = review_.requests.at(edit.id);
  edited(request);
  request.row.title = edit.title;
  request.row.reason = edit.reason;
  set_changes(request, changes_in(edit.changes), edit.publish_at_ms);
  note(request, Action::RequestEdited, {});
  settle(request);
}

// Whether all of it can be published by who asks: tried on a copy.
ReferenceState::Change ReferenceState::tried(std::uint64_t id, Change change) const {
  ReferenceState trial(*this);
  const auto [refusal, number] = trial.publish_all(id);
  change.refusal = refusal;
  change.refused_change = number;
  change.about = trial.obstacle_.about;
  change.limit = trial.obstacle_.limit;
  change.used = trial.obstacle_.used;
  change.asked = trial.obstacle_.asked;
  return change;
}

std::pair<std::optional<Refusal>, std::uint32_t> ReferenceState::publish_all(std::uint64_t id) {
  const ReviewedRequest request = review_.requests.at(id);
  publishing_ = id;
  author_ = request.row.author;
  std::uint32_t number = 0;
  std::optional<Refusal> refusal;
  std::map<std::string, Used> used_before;
  for (const auto& [path, quota] : quotas_) used_before[path] = used_in(path);
  obstacle_ = {};
  for (const domain::CommandBody& body : request.changes) {
    ++number;
    domain::Command one;
    one.body = body;
    one.request_id = asked_as_;
    const domain::Reply reply = execute(one, std::nullopt);
    refusal = reply.refusal;
    obstacle_.about = reply.about;
    if (refusal) break;
  }
  if (!refusal) {
    refusal = too_much_since(used_before, paths_of(request.changes));
    if (refusal) number = 0;
  }
  publishing_ = 0;
  author_ = actor_;
  using enum Refusal;
  const bool is_base = refusal == VersionMismatch || refusal == EntryExists ||
                       refusal == NamespaceExists || refusal == RoleExists ||
                       refusal == AssignmentExists || refusal == PolicyExists;
  if (is_base) refusal = BaseMoved;
  return {refusal, refusal ? number : 0};
}

std::optional<Refusal> ReferenceState::cant_approve(const ReviewedRequest& request) const {
  if (!may_in_all(Permission::Draft, request.changes) ||
      !may_in_some(Permission::Approve, request.changes)) {
    return Refusal::Forbidden;
  }
  if (request.hands.contains(me())) return Refusal::SelfApproval;
  const bool wide = std::ranges::all_of(paths_of(request.changes), [&](auto& path) {
    return (scoped(asker_.scopes, path) & Access::bit(Permission::Approve)) != 0;
  });
  if (feature_level_ >= kWholeRights && !wide) return Refusal::KeyTooNarrow;
  return request.approvals.contains(me()) ? std::optional(Refusal::AlreadyApproved) : std::nullopt;
}

std::optional<Refusal> ReferenceState::cant_publish(const ReviewedRequest& request) const {
  if (!is_met(request)) return Refusal::ApprovalsMissing;
  const bool leaves = std::ranges::any_of(paths_of(request.changes), [&](auto& path) {
    const domain::PolicyTerms* terms = review_.terms_at(path);
    return terms != nullptr && terms->approver_must_not_publish;
  });
  if (leaves && request.approvals.contains(me())) return Refusal::ApproverPublishes;
  const bool now = request.row.publish_at_ms <= stamp_.wall_ms;
  if (!now && !request.row.scheduled_by.empty()) return Refusal::WrongRequestState;
  return now && is_in_freeze(request) ? std::optional(Refusal::Frozen) : std::nullopt;
}

std::optional<Refusal> ReferenceState::no_emergency(const ReviewedRequest& request) const {
  const bool early = request.row.publish_at_ms > stamp_.wall_ms;
  bool needed = false;
  for (const std::string& path : paths_of(request.changes)) {
    const domain::PolicyTerms* terms = review_.terms_at(path);
    const bool frozen =
        heeds_freezes(request) && terms != nullptr && is_frozen(*terms, stamp_.wall_ms);
    if (is_met(request, path) && !early && !frozen) continue;
    needed = true;
    const auto named = words_of(terms == nullptr ? "" : terms->emergency);
    const bool may = me() == "service:bootstrap" ||
                     std::ranges::any_of(named, [&](auto& n) { return belongs_to(me(), n); });
    if (!may) return Refusal::NoEmergency;
  }
  if (!needed) return Refusal::NoEmergencyNeeded;
  const bool wide = feature_level_ >= kWholeRights && paths_of(request.changes).size() > 1;
  return wide ? std::optional(Refusal::EmergencyTooWide) : std::nullopt;
}

std::optional<Refusal> ReferenceState::cant(RequestStep step,
                                            const ReviewedRequest& request) const {
  using enum RequestStep;
  const bool reviewed = step == Approve || step == Publish || step == Emergency;
  if (reviewed && !request.is_in_review()) return Refusal::WrongRequestState;
  const std::int64_t end = request.row.expires_ms;
  if (reviewed && end != 0 && end <= stamp_.wall_ms) return Refusal::RequestExpired;
  switch (step) {
    case Submit:
      if (!may_in_all(Permission::Draft, request.changes)) return Refusal::Forbidden;
      return request.is(RequestState::Draft) ? std::nullopt
                                             : std::optional(Refusal::WrongRequestState);
    case Approve:
      return cant_approve(request);
    case Reject:
      if (!may_in_some(Permission::Approve, request.changes)) return Refusal::Forbidden;
      return request.is_in_review() ? std::nullopt : std::optional(Refusal::WrongRequestState);
    case Withdraw:
      if (!request.hands.contains(me()) && !may_in_all(Permission::ManagePolicy, request.changes)) {
        return Refusal::Forbidden;
      }
      return request.is_over() ? std::optional(Refusal::WrongRequestState) : std::nullopt;
    case Comment:
      return std::nullopt;
    case Rebase:
      if (!may_in_all(Permission::Draft, request.changes)) return Refusal::Forbidden;
      return request.is_over() ? std::optional(Refusal::WrongRequestState) : std::nullopt;
    case Publish:
      return cant_publish(request);
    case Emergency:
      return no_emergency(request);
    case RequestStep::Review:
      break;
  }
  if (!request.row.emergency || !request.row.reviewed_by.empty()) {
    return Refusal::WrongRequestState;
  }
  if (!may_in_all(Permission::Draft, request.changes) ||
      !may_in_some(Permission::Approve, request.changes)) {
    return Refusal::Forbidden;
  }
  return request.hands.contains(me()) ? std::optional(Refusal::SelfApproval) : std::nullopt;
}

ReferenceState::Change ReferenceState::decide(const domain::StepRequest& command) const {
  using enum RequestStep;
  Change change{.action = command.attempted()};
  about_request(command.id, change);
  const auto found = review_.requests.find(command.id);
  if (found == review_.requests.end() || !may_in_some(Permission::Draft, found->second.changes)) {
    change.refusal = Refusal::RequestNotFound;
    return change;
  }
  const ReviewedRequest& request = found->second;
  const auto step = static_cast<RequestStep>(command.step);
  change.refusal = cant(step, request);
  const bool end = step == Withdraw || step == Publish || step == Emergency || step == Review;
  const std::size_t most = step == Comment ? domain::kMaxNotesCommented : domain::kMaxNotes;
  if (!change.refusal && !end && feature_level_ >= kCommentsEnd && request.notes.size() >= most) {
    change.refusal = Refusal::TooManyNotes;
  }
  if (!change.refusal) {
    change.refusal = broken_by(command.precondition, request.row.version, Refusal::VersionMismatch);
  }
  if (change.refusal) return change;
  const bool counts = step != Approve && step != Comment;
  change.after = request.row.version + (counts ? 1 : 0);
  if (step == Submit || step == Approve) {
    change.refused_change = moved(request.changes);
    if (change.refused_change != 0) change.refusal = Refusal::BaseMoved;
  }
  if (step == Emergency) return tried(command.id, change);
  if (step != Publish) {
    return change.refusal || step != Approve ? change : with_publication(command.id, change);
  }
  if (request.row.publish_at_ms <= stamp_.wall_ms) return tried(command.id, change);
  if (!request.row.scheduled_by.empty()) change.refusal = Refusal::WrongRequestState;
  for (const domain::CommandBody& body : request.changes) {
    if (!change.refusal && lacks(body)) change.refusal = Refusal::Forbidden;
  }
  if (!change.refusal) change.action = Action::RequestScheduled;
  return change;
}

// The last approval publishes, where all policies say so and its giver may.
ReferenceState::Change ReferenceState::with_publication(std::uint64_t id, Change change) const {
  ReviewedRequest request = review_.requests.at(id);
  request.approvals[me()] = {request.row.content, actor_, stamp_, at_};
  request.row.state = static_cast<std::uint64_t>(RequestState::Approved);
  const bool by_itself = std::ranges::all_of(paths_of(request.changes), [&](auto& path) {
    const domain::PolicyTerms* terms = review_.terms_at(path);
    return terms != nullptr && terms->publish_on_approval;
  });
  if (!by_itself || request.row.publish_at_ms > stamp_.wall_ms || cant_publish(request)) {
    return change;
  }
  if (tried(id, change).refusal) return change;
  change.action = Action::RequestPublished;
  ++change.after;
  return change;
}

void ReferenceState::live_now(std::uint64_t id, bool emergency) {
  ReviewedRequest& request = review_.requests.at(id);
  ++request.row.version;
  request.row.scheduled_by.clear();
  request.row.scheduled_scopes.clear();
  request.row.state = static_cast<std::uint64_t>(RequestState::Published);
  request.row.published = at_;
  request.row.emergency = emergency;
  if (emergency) request.hands.insert(me());
}

void ReferenceState::make(const domain::StepRequest& command, const Change& change) {
  using enum RequestStep;
  ReviewedRequest& request = review_.requests.at(command.id);
  const auto becomes = [&request](RequestState state) {
    request.row.state = static_cast<std::uint64_t>(state);
  };
  const auto unschedule = [&request] {
    request.row.scheduled_by.clear();
    request.row.scheduled_scopes.clear();
  };
  switch (static_cast<RequestStep>(command.step)) {
    case Submit:
      ++request.row.version;
      submit(request);
      break;
    case Approve:
      request.approvals[me()] = {request.row.content, actor_, stamp_, at_};
      if (is_met(request)) becomes(RequestState::Approved);
      if (change.action == Action::RequestPublished) {
        note(request, Action::RequestApproved, command.text);
        Change given = change;
        given.action = Action::RequestApproved;
        given.after = request.row.version;
        add_event(given, command, asked_as_);
        publish_all(command.id);
        live_now(command.id, false);
      }
      break;
    case Reject:
      ++request.row.version;
      request.approvals.clear();
      unschedule();
      becomes(RequestState::Rejected);
      break;
    case Withdraw:
      ++request.row.version;
      unschedule();
      becomes(RequestState::Withdrawn);
      break;
    case Comment:
      break;
    case Rebase: {
      std::vector<domain::CommandBody> changes = request.changes;
      for (domain::CommandBody& body : changes) {
        const auto live = live_of(body);
        std::visit(
            [&live]<class Body>(Body& b) {
              if constexpr (requires { b.precondition; }) b.precondition = starting_from(*live);
            },
            body);
      }
      edited(request);
      set_changes(request, std::move(changes), request.row.publish_at_ms);
      break;
    }
    case Publish:
      if (change.action == Action::RequestScheduled) {
        ++request.row.version;
        request.row.scheduled_by = me();
        request.row.scheduled_scopes = asker_.scopes;
        if (feature_level_ >= kSchedulesLast) {
          const std::int64_t lifetime = lifetime_of(request);
          const std::int64_t end =
              std::min(request.row.publish_at_ms, INT64_MAX - lifetime) + lifetime;
          request.row.expires_ms = std::max(request.row.expires_ms, end);
        }
        break;
      }
      publish_all(command.id);
      live_now(command.id, false);
      break;
    case Emergency:
      publish_all(command.id);
      live_now(command.id, true);
      break;
    case RequestStep::Review:
      ++request.row.version;
      request.row.reviewed_by = me();
      break;
  }
  note(request, change.action, command.text);
  settle(request);
}

// --- what is due

// Whoever scheduled it, with what they may do now.
Asker ReferenceState::scheduler_of(const ReviewedRequest& request) const {
  Asker asker;
  const std::string& who = request.row.scheduled_by;
  if (who == "anonymous") {
    asker.actor = {domain::ActorType::Anonymous, who, {}};
    asker.everything = access_.closed_at > at_.index;
    return asker;
  }
  const std::size_t colon = who.find(':');
  const bool user = who.substr(0, colon) == "user";
  asker.actor = {
      user ? domain::ActorType::User : domain::ActorType::Service, who.substr(colon + 1), {}};
  asker.principal = who;
  asker.scopes = request.row.scheduled_scopes;
  return asker;
}

ReferenceState::Change ReferenceState::decide(const domain::PublishDue& due) const {
  Change change{.action = Action::RequestPublished};
  about_request(due.id, change);
  const auto found = review_.requests.find(due.id);
  if (actor_.type != domain::ActorType::System) {
    change.refusal = Refusal::Forbidden;
  } else if (found == review_.requests.end()) {
    change.refusal = Refusal::RequestNotFound;
  } else if (found->second.row.scheduled_by.empty() ||
             found->second.row.publish_at_ms > stamp_.wall_ms) {
    change.refusal = Refusal::WrongRequestState;
  }
  if (change.refusal) return change;
  change.after = found->second.row.version + 1;
  ReferenceState as_them(*this);
  as_them.asker_ = scheduler_of(found->second);
  as_them.actor_ = as_them.asker_.actor;
  auto no = as_them.may_in_some(Permission::Draft, found->second.changes)
                ? as_them.cant(RequestStep::Publish, found->second)
                : std::optional(Refusal::Forbidden);
  if (!no) no = as_them.publish_all(due.id).first;
  if (no) change.action = Action::RequestUnscheduled;
  change.unscheduled_for = no;
  return change;
}

void ReferenceState::make(const domain::PublishDue& due, const Change& change) {
  ReviewedRequest& request = review_.requests.at(due.id);
  if (change.unscheduled_for) {
    ++request.row.version;
    request.row.scheduled_by.clear();
    request.row.scheduled_scopes.clear();
  } else {
    const Asker system = asker_;
    asker_ = scheduler_of(request);
    actor_ = asker_.actor;
    publish_all(due.id);
    asker_ = system;
    actor_ = system.actor;
    author_ = actor_;
    live_now(due.id, false);
  }
  note(request, change.action, {}, change.unscheduled_for);
  settle(request);
}

}  // namespace confman::sim
