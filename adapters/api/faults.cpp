#include "adapters/api/faults.hpp"

#include <string>

#include "consensus/member_rules.hpp"
#include "domain/base/assert.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

std::string_view code_of(node::Failure failure) {
  using enum node::Failure;
  switch (failure) {
    case NoLeader:
      return "no_leader";
    case Busy:
      return "busy";
    case NoSpace:
      return "no_space";
    case ShuttingDown:
      return "shutting_down";
    case InvalidCommand:
      return "bad_command";
    case ReadTimeout:
      return "read_timeout";
    case VersionWaitTimeout:
      return "version_wait_timeout";
    case PositionUnknown:
      return "position_unknown";
    case Removed:
      return "removed";
    case NoState:
      return "no_state";
    case FeatureLevel:
      return "feature_level_too_low";
    case SecretsUnavailable:
      return "secrets_unavailable";
    case OutcomeUnknown:
      return "outcome_unknown";
  }
  CONFMAN_UNREACHABLE("A failure has no code.");
}

std::string_view code_of(consensus::ChangeRefusal refusal) {
  using enum consensus::ChangeRefusal;
  switch (refusal) {
    case InvalidMember:
      return "invalid_member";
    case AddressTaken:
      return "address_taken";
    case AlreadyMember:
      return "already_member";
    case UnknownMember:
      return "member_not_found";
    case NotALearner:
      return "not_a_learner";
    case NotAVoter:
      return "not_a_voter";
    case LastVoter:
      return "last_voter";
    case TooManyMembers:
      return "cluster_too_large";
    case TooManyVoters:
      return "too_many_voters";
    case NotLeader:
      return "no_leader";
    case NotReady:
      return "leader_not_ready";
    case ChangePending:
      return "change_pending";
    case Transferring:
      return "transfer_pending";
    case Inactive:
      return "member_inactive";
    case LowOnSpace:
      return "member_low_on_space";
    case Incomplete:
      return "member_incomplete";
    case NotCaughtUp:
      return "not_caught_up";
    case NoSuccessor:
      return "no_successor";
    case WouldLoseQuorum:
      return "would_lose_quorum";
    case NoSpace:
      return "no_space";
    case GivenUp:
      return "transfer_given_up";
  }
  CONFMAN_UNREACHABLE("A refused change has no code.");
}

std::string_view sentence_of(domain::NameFaultKind kind) {
  using enum domain::NameFaultKind;
  switch (kind) {
    case Empty:
      return " is empty.";
    case NotAbsolute:
      return " has to start with a slash.";
    case TooLong:
      return " is too long: a key and a segment have at most 256 bytes, a path 1024.";
    case TooDeep:
      return " has more than 32 segments.";
    case EmptySegment:
      return " has an empty segment.";
    case DotSegment:
      return " may not be or hold the segments \".\" and \"..\".";
    case TrailingSlash:
      return " ends with a slash.";
    case SlashInKey:
      return " may not hold a slash.";
    case InvalidUtf8:
      return " isn't UTF-8.";
    case InvalidCharacter:
      return " holds a character that names may not hold: a control or format character, a "
             "separator other than the plain space, a combining mark or a non-character.";
  }
  CONFMAN_UNREACHABLE("A fault of a name has no sentence.");
}
// Of what a body says in that member (a JSON pointer).
http::Problem at_member(std::string_view code, std::string_view pointer, std::string detail,
                        std::optional<std::uint64_t> limit = {}) {
  http::Problem result = problem(code, std::move(detail));
  add_text(result, "pointer", pointer);
  if (limit) add_number(result, "limit", *limit);
  return result;
}

static_assert(consensus::kMaxVoters == 7);
static_assert(domain::kMaxKeyBytes == 256 && domain::kMaxSegmentBytes == 256 &&
                  domain::kMaxPathBytes == 1024 && domain::kMaxPathDepth == 32 &&
                  domain::kMaxTitleBytes == 200 && domain::kMaxChanges == 100 &&
                  domain::kMaxNamespacesOfRequest == 16 && domain::kMaxApprovals == 10,
              "the sentences above name the limits");

}  // namespace

http::Problem problem_of(domain::NameFault fault, std::string_view name) {
  http::Problem result =
      problem(domain::code_of(fault.kind), std::string(name).append(sentence_of(fault.kind)));
  add_number(result, "offset", fault.offset);
  if (fault.kind == domain::NameFaultKind::TooDeep) {
    add_number(result, "limit", domain::kMaxPathDepth);
  }
  if (fault.kind == domain::NameFaultKind::TooLong) {
    // A whole path that is too long breaks its rule behind its last byte, a segment of it earlier.
    const bool whole_path = fault.offset == domain::kMaxPathBytes;
    add_number(result, "limit", whole_path ? domain::kMaxPathBytes : domain::kMaxSegmentBytes);
  }
  return result;
}

http::Problem problem_of(domain::CommandFault fault) {
  using enum domain::CommandFaultKind;
  switch (fault.kind) {
    case BadPath:
      return problem_of(fault.name, "The namespace's path");
    case BadKey:
      return problem_of(fault.name, "The key");
    case ValueTooLarge: {
      http::Problem result = problem("value_too_large", "A value has at most 1048576 bytes.");
      add_number(result, "limit", domain::kMaxValueBytes);
      return result;
    }
    case BadContentType:
      return problem("bad_content_type", "The content type is empty, too long or not one line.");
    case TooManyLabels:
      return at_member("too_many_labels", "/labels", "There are at most 64 labels.",
                       domain::kMaxLabels);
    case BadLabel:
    case LabelsNotSorted:
      return at_member("bad_label", "/labels",
                       "A label's name has 1 to 128 bytes, its value at most 256; both are UTF-8 "
                       "without control characters.");
    case DescriptionTooLong:
      return at_member("description_too_long", "/description",
                       "A description has at most 4096 bytes.", domain::kMaxDescriptionBytes);
    case BadText:
      return problem(
          "bad_text",
          "Descriptions and owners are UTF-8 without control characters; an owner has at "
          "most 256 bytes.");
    case BadIdempotencyKey:
      return problem("bad_idempotency_key", "An Idempotency-Key has 1 to 255 visible characters.");
    case BadTarget:
      return problem("bad_command", "Name one of: a version, a revision, a time.");
    case ContradictoryPrecondition:
      return problem("bad_precondition", "Give either If-Match or If-None-Match.");
    case BadPrincipal:
      return problem(
          "bad_principal",
          "A principal is user:NAME, service:NAME or group:NAME; a name has 1 to 200 "
          "visible ASCII characters but '/', ',' and ':'. Who owns a key or is in a group "
          "is a user or a service.");
    case BadRoles:
      return problem("bad_roles",
                     "A role's name has 1 to 64 of a-z, 0-9 and '-', a letter first. An assignment "
                     "names 1 to 16.");
    case FixedRole:
      return problem("fixed_role");
    case BadPermissions:
      return problem("bad_permission", "A role has at least one permission.");
    case BadScopes:
      return problem("bad_scope",
                     "A key has at most 16 scopes, each with permissions in a namespace.");
    case BadLifetime:
      return problem("bad_lifetime", "A key lives for 1 to 3660 days, or until it is revoked.");
    case SchemaTooLarge: {
      http::Problem result = problem("schema_too_large", "A schema has at most 262144 bytes.");
      add_number(result, "limit", domain::kMaxSchemaTextBytes);
      return result;
    }
    case BadBindings:
      return at_member("bad_bindings", "/schemas",
                       "A namespace is bound to at most 16 schemas, each named once for the same "
                       "keys; a pattern of keys is one line of at most 256 bytes.",
                       domain::kMaxBoundSchemas);
    case BadSecret:
      return problem("bad_command", "A value isn't sealed as it says.");
    case BadQuota:
      return at_member("bad_quota", "/entries", "A quota limits entries, bytes or both.");
    case BadRetention:
      return at_member("bad_retention", "/versions",
                       "Retention keeps at most 1000000 versions, or 36600 days.");
    case BadRestorePoint:
      return problem("bad_restore_point",
                     "A restore point's name has 1 to 64 letters, digits, '.', '_' or '-'.");
    case BadPrefix:
      return problem("bad_parameter", "The prefix is one that a key can have.");
    case BadVersion:
      return at_member("wrong_type", "/version", "A version is a whole number from 1 up.");
    case BadInherit:
      return problem("bad_parameter", "A namespace inherits, or it doesn't.");
    case BadTitle:
      return at_member("bad_text", "/title",
                       "A title is a line of 1 to 200 bytes, UTF-8 without control characters.",
                       domain::kMaxTitleBytes);
    case BadChanges:
      return at_member(
          "bad_changes", "/changes",
          "A request has 1 to 100 changes, all of them together of about as many bytes "
          "as one value may have.",
          domain::kMaxChanges);
    case ChangeNotAllowed:
      return at_member("bad_changes", "/changes", "That can't be a change of a request.");
    case ChangeTwice:
      return at_member("bad_changes", "/changes",
                       "Two changes are of the same thing: make one of them.");
    case ChangeWithoutVersion:
      return at_member("bad_changes", "/changes", "Each change names the version it starts from.");
    case TooManyNamespaces:
      return at_member("bad_changes", "/changes", "A request touches at most 16 namespaces.",
                       domain::kMaxNamespacesOfRequest);
    case TooManyBindings:
      return at_member("bad_changes", "/changes",
                       "A request binds or unbinds two namespaces at most: make several.",
                       domain::kMaxBindingsOfRequest);
    case TooManyRollbacks:
      return at_member("bad_changes", "/changes",
                       "A request rolls back one namespace at most: make one of each.",
                       domain::kMaxRollbacksOfRequest);
    case BadTime:
      return at_member("bad_moment", "/publishAt", "The time is one from 1970 on.");
    case BadStep:
      return problem("bad_command", "That can't be done with a request.");
    case VersionRequired: {
      http::Problem result =
          problem("precondition_required",
                  "Who approves or publishes names the version of the request that they looked at: "
                  "If-Match with its ETag.");
      add_text(result, "header", "If-Match");
      return result;
    }
    case TextRequired:
      return at_member("missing_field", "/text",
                       "Who rejects, comments, or publishes in an emergency says why: "
                       "{\"text\":…}.");
    case BadApprovals:
      return at_member("bad_policy", "/approvals", "A policy asks for 0 to 10 approvals.",
                       domain::kMaxApprovals);
    case BadGroups:
      return at_member("bad_policy", "/approverGroups", "The field names groups: group:NAME.");
    case BadEmergency:
      return at_member("bad_policy", "/emergency", "The field names principals.");
    case BadFreezes:
      return at_member("bad_policy", "/freezes", "A freeze is from one time to a later one.");
    case ContradictoryPolicy:
      return at_member("bad_policy", "/publishOnApproval",
                       "Either an approver may not publish, or an approval publishes.");
  }
  CONFMAN_UNREACHABLE("A fault of a command has no problem.");
}

http::Problem problem_of(const domain::Reply& refused) {
  CONFMAN_ASSERT(refused.refusal.has_value(), "A change that was made isn't a problem.");
  const domain::Refusal refusal = *refused.refusal;
  http::Problem result = problem(domain::code_of(refusal));
  if (refusal == domain::Refusal::NamespaceNotFound) {
    result.detail += " Create it with PUT /api/v1/namespaces/….";
  }
  const bool says_current =
      refusal == domain::Refusal::VersionMismatch || refusal == domain::Refusal::EntryExists ||
      refusal == domain::Refusal::NamespaceExists || refusal == domain::Refusal::SchemaExists ||
      refusal == domain::Refusal::BindingExists || refusal == domain::Refusal::PolicyExists ||
      refusal == domain::Refusal::QuotaExists || refusal == domain::Refusal::RetentionExists;
  if (says_current) add_number(result, "currentVersion", refused.version);
  const bool quota = refusal == domain::Refusal::QuotaEntriesExceeded ||
                     refusal == domain::Refusal::QuotaBytesExceeded;
  if (quota) {
    result.detail = "The quota of " + refused.about + " is " + std::to_string(refused.limit) +
                    (refusal == domain::Refusal::QuotaBytesExceeded ? " bytes" : " entries") +
                    ", for it and all below; " + std::to_string(refused.used) +
                    " are used, and the change would make them " + std::to_string(refused.asked) +
                    ". Delete something there, or ask for more: PUT /api/v1/quotas/….";
    add_text(result, "quota", refused.about);
    add_number(result, "limit", refused.limit);
    add_number(result, "used", refused.used);
    add_number(result, "asked", refused.asked);
  } else if (!refused.about.empty()) {
    add_text(result, "key", refused.about);
  }
  return result;
}

http::Problem problem_of(node::Failure failure, domain::Revision applied) {
  http::Problem result = problem(code_of(failure));
  if (failure == node::Failure::InvalidCommand) {
    result.detail = "The leader refused the change for a limit or a name rule.";
  }
  if (failure == node::Failure::VersionWaitTimeout) {
    add_text(result, "applied", domain::to_string(applied));
  }
  return result;
}

http::Problem problem_of(consensus::ChangeRefusal refusal) {
  http::Problem result = problem(code_of(refusal));
  if (refusal == consensus::ChangeRefusal::NotLeader) {
    result.detail = "The leader was lost on the way; nothing was done.";
  }
  if (refusal == consensus::ChangeRefusal::NoSpace) {
    result.detail =
        "The disk of the leader is as good as full; nothing was done. Make space there, or hand "
        "leadership over.";
  }
  return result;
}

http::Problem problem_of(domain::QueryFault fault) {
  return problem(domain::code_of(fault));
}

}  // namespace confman::api
