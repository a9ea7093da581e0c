#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/base/assert.hpp"

// Why a command changed nothing. One enumerator is one stable code of the API (kRefusals), one
// sentence and one HTTP status (adapters/api/fault_table.cpp).
namespace confman::domain {

// The numbers are on disk and on the wire, in outcomes, audit events and replies: none is ever
// given to another meaning. Those of changes of members stand in audit events only: their requests
// are answered by consensus (consensus/membership_change.hpp).
enum class Refusal : std::uint8_t {
  NamespaceNotFound = 0,
  NamespaceNotEmpty = 1,
  NamespaceExists = 2,  // create with If-None-Match: * where one is
  ParentNotFound = 3,   // a namespace is created under a parent that exists
  RootImmutable = 4,    // "/" can't be deleted
  EntryNotFound = 5,
  VersionMismatch = 6,       // If-Match names another version than the current one
  EntryExists = 7,           // If-None-Match: * where a live entry is
  IdempotencyKeyReused = 8,  // same key, different request
  BadCommand = 9,            // a committed command breaks a limit (a bug or a newer build wrote it)
  // From kRefusedChanges on.
  InvalidMember = 10,
  AlreadyMember = 11,
  MemberNotFound = 12,
  NotALearner = 13,
  NotAVoter = 14,
  LastVoter = 15,
  ClusterTooLarge = 16,
  LeaderNotReady = 17,
  ChangePending = 18,
  TransferPending = 19,
  NotCaughtUp = 20,
  WouldLoseQuorum = 21,
  AddressTaken = 22,
  TooManyVoters = 23,
  MemberInactive = 24,
  MemberLowOnSpace = 25,
  MemberIncomplete = 26,
  // From kRollback on.
  VersionNotFound = 27,    // there is no such version to go back to
  VersionIsDeletion = 28,  // … and that one has no content
  PositionUnknown = 29,    // … or no such revision
  // From kAccess on.
  CredentialsRequired = 30,  // the cluster isn't open, and no key was shown
  ApiKeyUnknown = 31,
  ApiKeyRevoked = 32,
  ApiKeyExpired = 33,    // as of the position it was used at
  Forbidden = 34,        // who asks lacks a permission there
  GrantExceedsOwn = 35,  // nobody grants what they don't hold
  LastAdmin = 36,        // "/" keeps an administrator who can act
  ApiKeyNotFound = 37,
  ApiKeyExists = 38,
  AlreadyBootstrapped = 39,  // another node's key was first
  RoleNotFound = 40,
  RoleExists = 41,
  RoleInUse = 42,  // assignments name it
  AssignmentNotFound = 43,
  AssignmentExists = 44,
  GroupMemberNotFound = 45,
  GroupMemberExists = 46,
  TooMany = 47,  // a bound of limits.hpp on how many there may be
  // From kReview on.
  PolicyNotFound = 48,
  PolicyExists = 49,
  ReviewRequired = 50,  // the policy asks for others to agree: open a request
  Frozen = 51,          // nothing is published now, says the policy
  RequestNotFound = 52,
  WrongRequestState = 53,  // a step that its state has no place for
  RequestExpired = 54,     // of a submitted request
  SelfApproval = 55,       // who had a hand in it never approves it
  AlreadyApproved = 56,    // by the same person, the same content
  ApprovalsMissing = 57,
  ApproverPublishes = 58,
  BaseMoved = 59,          // a change starts from a version that is no longer the live one
  NoEmergency = 60,        // the policy names others, or nobody
  NoEmergencyNeeded = 61,  // it can be published as it is
  // From kSchemas on.
  SchemaNotFound = 62,
  SchemaExists = 63,
  SchemaInUse = 64,  // namespaces are bound to it
  SchemaVersionNotFound = 65,
  BindingNotFound = 66,
  BindingExists = 67,
  SchemaMoved = 68,  // what a change was held to is another by now: it is to be held to that
  SchemaViolated =
      69,  // what was due to be published isn't valid: whoever asks is told what is wrong
  // From kWholeRights on.
  KeyTooNarrow = 70,     // the scopes of the key leave out namespaces that the request touches
  BindsUnreadable = 71,  // whoever asks may not read all that would be held to the schemas
  // From kSecrets on.
  SecretKeyMoved = 72,  // a value is sealed by another key than its namespace has by now
  // From kPast on.
  QuotaNotFound = 73,
  QuotaExists = 74,
  QuotaEntriesExceeded = 75,  // there would be more live entries than a quota lets be
  QuotaBytesExceeded = 76,
  RollbackTooLarge = 77,  // of a namespace: more than one log entry may change, or look at
  RetentionNotFound = 78,
  RetentionExists = 79,
  VersionPruned = 80,     // retention has let it go
  VersionDestroyed = 81,  // its content was destroyed
  VersionIsLive = 82,     // what is live isn't destroyed
  RestorePointNotFound = 83,
  RestorePointExists = 84,
  NothingDue = 85,        // a chore that isn't to be done, or not yet
  TooManyNotes = 86,      // a request has as many notes as may be, or as comments may be added to
  EmergencyTooWide = 87,  // of more than one namespace
};

struct RefusalRow {
  Refusal refusal;
  bool of_members;        // of a change of members
  std::string_view code;  // stable, snake_case
};
// In the order of the numbers, without a gap.
inline constexpr auto kRefusals = std::to_array<RefusalRow>({
    {Refusal::NamespaceNotFound, false, "namespace_not_found"},
    {Refusal::NamespaceNotEmpty, false, "namespace_not_empty"},
    {Refusal::NamespaceExists, false, "namespace_exists"},
    {Refusal::ParentNotFound, false, "parent_not_found"},
    {Refusal::RootImmutable, false, "root_immutable"},
    {Refusal::EntryNotFound, false, "entry_not_found"},
    {Refusal::VersionMismatch, false, "version_mismatch"},
    {Refusal::EntryExists, false, "entry_exists"},
    {Refusal::IdempotencyKeyReused, false, "idempotency_key_reused"},
    {Refusal::BadCommand, false, "bad_command"},
    {Refusal::InvalidMember, true, "invalid_member"},
    {Refusal::AlreadyMember, true, "already_member"},
    {Refusal::MemberNotFound, true, "member_not_found"},
    {Refusal::NotALearner, true, "not_a_learner"},
    {Refusal::NotAVoter, true, "not_a_voter"},
    {Refusal::LastVoter, true, "last_voter"},
    {Refusal::ClusterTooLarge, true, "cluster_too_large"},
    {Refusal::LeaderNotReady, true, "leader_not_ready"},
    {Refusal::ChangePending, true, "change_pending"},
    {Refusal::TransferPending, true, "transfer_pending"},
    {Refusal::NotCaughtUp, true, "not_caught_up"},
    {Refusal::WouldLoseQuorum, true, "would_lose_quorum"},
    {Refusal::AddressTaken, true, "address_taken"},
    {Refusal::TooManyVoters, true, "too_many_voters"},
    {Refusal::MemberInactive, true, "member_inactive"},
    {Refusal::MemberLowOnSpace, true, "member_low_on_space"},
    {Refusal::MemberIncomplete, true, "member_incomplete"},
    {Refusal::VersionNotFound, false, "version_not_found"},
    {Refusal::VersionIsDeletion, false, "rollback_to_deletion"},
    {Refusal::PositionUnknown, false, "position_unknown"},
    {Refusal::CredentialsRequired, false, "credentials_required"},
    {Refusal::ApiKeyUnknown, false, "api_key_unknown"},
    {Refusal::ApiKeyRevoked, false, "api_key_revoked"},
    {Refusal::ApiKeyExpired, false, "api_key_expired"},
    {Refusal::Forbidden, false, "forbidden"},
    {Refusal::GrantExceedsOwn, false, "grant_exceeds_own"},
    {Refusal::LastAdmin, false, "last_admin"},
    {Refusal::ApiKeyNotFound, false, "api_key_not_found"},
    {Refusal::ApiKeyExists, false, "api_key_exists"},
    {Refusal::AlreadyBootstrapped, false, "already_bootstrapped"},
    {Refusal::RoleNotFound, false, "role_not_found"},
    {Refusal::RoleExists, false, "role_exists"},
    {Refusal::RoleInUse, false, "role_in_use"},
    {Refusal::AssignmentNotFound, false, "assignment_not_found"},
    {Refusal::AssignmentExists, false, "assignment_exists"},
    {Refusal::GroupMemberNotFound, false, "group_member_not_found"},
    {Refusal::GroupMemberExists, false, "group_member_exists"},
    {Refusal::TooMany, false, "too_many"},
    {Refusal::PolicyNotFound, false, "policy_not_found"},
    {Refusal::PolicyExists, false, "policy_exists"},
    {Refusal::ReviewRequired, false, "review_required"},
    {Refusal::Frozen, false, "frozen"},
    {Refusal::RequestNotFound, false, "request_not_found"},
    {Refusal::WrongRequestState, false, "wrong_request_state"},
    {Refusal::RequestExpired, false, "request_expired"},
    {Refusal::SelfApproval, false, "self_approval"},
    {Refusal::AlreadyApproved, false, "already_approved"},
    {Refusal::ApprovalsMissing, false, "approvals_missing"},
    {Refusal::ApproverPublishes, false, "approver_must_not_publish"},
    {Refusal::BaseMoved, false, "base_moved"},
    {Refusal::NoEmergency, false, "emergency_not_allowed"},
    {Refusal::NoEmergencyNeeded, false, "emergency_not_needed"},
    {Refusal::SchemaNotFound, false, "schema_not_found"},
    {Refusal::SchemaExists, false, "schema_exists"},
    {Refusal::SchemaInUse, false, "schema_in_use"},
    {Refusal::SchemaVersionNotFound, false, "schema_version_not_found"},
    {Refusal::BindingNotFound, false, "binding_not_found"},
    {Refusal::BindingExists, false, "binding_exists"},
    {Refusal::SchemaMoved, false, "schema_moved"},
    {Refusal::SchemaViolated, false, "schema_violated"},
    {Refusal::KeyTooNarrow, false, "key_too_narrow"},
    {Refusal::BindsUnreadable, false, "binds_unreadable"},
    {Refusal::SecretKeyMoved, false, "secret_key_moved"},
    {Refusal::QuotaNotFound, false, "quota_not_found"},
    {Refusal::QuotaExists, false, "quota_exists"},
    {Refusal::QuotaEntriesExceeded, false, "quota_entries_exceeded"},
    {Refusal::QuotaBytesExceeded, false, "quota_bytes_exceeded"},
    {Refusal::RollbackTooLarge, false, "rollback_too_large"},
    {Refusal::RetentionNotFound, false, "retention_not_found"},
    {Refusal::RetentionExists, false, "retention_exists"},
    {Refusal::VersionPruned, false, "version_pruned"},
    {Refusal::VersionDestroyed, false, "version_destroyed"},
    {Refusal::VersionIsLive, false, "version_is_live"},
    {Refusal::RestorePointNotFound, false, "restore_point_not_found"},
    {Refusal::RestorePointExists, false, "restore_point_exists"},
    {Refusal::NothingDue, false, "nothing_due"},
    {Refusal::TooManyNotes, false, "too_many_notes"},
    {Refusal::EmergencyTooWide, false, "emergency_too_wide"},
});
static_assert([] {
  for (std::size_t i = 0; i < kRefusals.size(); ++i) {
    if (static_cast<std::size_t>(kRefusals[i].refusal) != i) return false;
  }
  return true;
}());
inline constexpr Refusal kLastRefusal = kRefusals.back().refusal;

constexpr std::string_view code_of(Refusal refusal) {
  const auto index = static_cast<std::size_t>(refusal);
  if (index >= kRefusals.size()) CONFMAN_UNREACHABLE("A refusal isn't in the table of refusals.");
  return kRefusals[index].code;
}

constexpr bool is_of_members(Refusal refusal) {
  const auto index = static_cast<std::size_t>(refusal);
  return index < kRefusals.size() && kRefusals[index].of_members;
}

constexpr std::optional<Refusal> refusal_coded(std::string_view code) {
  const auto* row = std::ranges::find(kRefusals, code, &RefusalRow::code);
  return row == kRefusals.end() ? std::nullopt : std::optional(row->refusal);
}

}  // namespace confman::domain
