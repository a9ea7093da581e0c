#include <algorithm>
#include <functional>

#include "domain/access/principal.hpp"
#include "domain/access/role_names.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"

// What can be told of these commands without the state.
namespace confman::domain {
namespace {

// Sorted, without doubles, no more than that many, and each as it has to be.
template <class Good>
bool is_list(std::string_view text, std::size_t most, Good&& good) {
  const auto words = split_list(text);
  return words.size() <= most && join_roles(words) == text && std::ranges::all_of(words, good);
}

Checked check_terms(const PolicyTerms& terms) {
  if (terms.approvals > kMaxApprovals) return fault(CommandFaultKind::BadApprovals);
  const bool groups = is_list(terms.groups, kMaxRequiredGroups, [](std::string_view word) {
    const auto principal = parse_principal(word);
    return principal && principal->kind == PrincipalKind::Group;
  });
  if (!groups) return fault(CommandFaultKind::BadGroups);
  const bool emergency =
      is_list(terms.emergency, kMaxEmergencyPrincipals,
              [](std::string_view word) { return parse_principal(word).has_value(); });
  if (!emergency) return fault(CommandFaultKind::BadEmergency);
  if (terms.lifetime_ms < 0 || terms.lifetime_ms > kMaxRequestLifetimeMs) {
    return fault(CommandFaultKind::BadLifetime);
  }
  const auto freezes = parse_windows(terms.freezes);
  const bool good =
      freezes && freezes->size() <= kMaxFreezeWindows && join_windows(*freezes) == terms.freezes;
  if (!good) return fault(CommandFaultKind::BadFreezes);
  return check_that(!(terms.approver_must_not_publish && terms.publish_on_approval),
                    CommandFaultKind::ContradictoryPolicy);
}

Checked check_content(std::string_view title, std::string_view reason, ByteView changes,
                      std::int64_t publish_at_ms) {
  if (title.empty() || !is_line(title, kMaxTitleBytes)) return fault(CommandFaultKind::BadTitle);
  if (auto ok = check_description(reason); !ok) return ok;
  if (publish_at_ms < 0) return fault(CommandFaultKind::BadTime);
  return check_changes(changes);
}

bool asks_for_text(RequestStep step) {
  return step == RequestStep::Reject || step == RequestStep::Comment ||
         step == RequestStep::Emergency;
}

// What is agreed to, or goes live, is what was looked at.
bool asks_for_version(RequestStep step) {
  return step == RequestStep::Approve || step == RequestStep::Publish ||
         step == RequestStep::Emergency;
}

// Of changes that there are, each once.
Checked check_from_live(ByteView numbers, ByteView changes) {
  if (numbers.empty()) return {};
  const auto split = split_changes(changes);
  const auto number = [](char byte) { return static_cast<std::uint8_t>(byte); };
  const bool ascending =
      std::ranges::adjacent_find(numbers, std::ranges::greater_equal{}, number) == numbers.end();
  const bool there = split && number(numbers.back()) < split->size();
  return check_that(ascending && there, CommandFaultKind::BadChanges);
}

}  // namespace

std::string request_subject(std::uint64_t id) {
  return "request/" + std::to_string(id);
}

Checked check(const PutPolicy& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_terms(c.terms); !ok) return ok;
  return check_precondition(c.precondition);
}

Checked check(const DeletePolicy& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  return check_precondition(c.precondition);
}

Checked check(const CreateRequest& c) {
  if (auto ok = check_from_live(c.from_live, c.changes); !ok) return ok;
  return check_content(c.title, c.reason, c.changes, c.publish_at_ms);
}

Checked check(const EditRequest& c) {
  if (auto ok = check_precondition(c.precondition); !ok) return ok;
  if (auto ok = check_from_live(c.from_live, c.changes); !ok) return ok;
  return check_content(c.title, c.reason, c.changes, c.publish_at_ms);
}

Action StepRequest::attempted() const {
  switch (static_cast<RequestStep>(step)) {
    case RequestStep::Submit:
      return Action::RequestSubmitted;
    case RequestStep::Approve:
      return Action::RequestApproved;
    case RequestStep::Reject:
      return Action::RequestRejected;
    case RequestStep::Withdraw:
      return Action::RequestWithdrawn;
    case RequestStep::Comment:
      return Action::RequestCommented;
    case RequestStep::Rebase:
      return Action::RequestRebased;
    case RequestStep::Publish:
      return Action::RequestPublished;
    case RequestStep::Emergency:
      return Action::RequestEmergencyPublished;
    case RequestStep::Review:
      return Action::RequestReviewed;
  }
  return Action::RequestCommented;  // no step: refused by its check()
}

Checked check(const StepRequest& c) {
  const bool known = c.step >= 1 && c.step <= static_cast<std::uint64_t>(kLastRequestStep);
  if (!known) return fault(CommandFaultKind::BadStep);
  if (auto ok = check_precondition(c.precondition); !ok) return ok;
  const auto step = static_cast<RequestStep>(c.step);
  if (asks_for_version(step) && !c.precondition.if_version) {
    return fault(CommandFaultKind::VersionRequired);
  }
  if (c.text.size() > kMaxNoteBytes) return fault(CommandFaultKind::DescriptionTooLong);
  if (auto ok = check_description(c.text); !ok) return ok;
  return check_that(!asks_for_text(step) || !c.text.empty(), CommandFaultKind::TextRequired);
}

Checked check(const PublishDue&) {
  return {};
}

}  // namespace confman::domain
