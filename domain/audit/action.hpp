#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/base/assert.hpp"

namespace confman::domain {

// What a change does: what the audit trail calls it. The numbers are on disk. Each has its row in
// kActions.
enum class Action : std::uint8_t {
  ConfigCreated = 1,
  ConfigUpdated = 2,
  ConfigDeleted = 3,
  NamespaceCreated = 4,
  NamespaceUpdated = 5,
  NamespaceDeleted = 6,
  MemberAdded = 7,
  MemberPromoted = 8,
  MemberDemoted = 9,
  MemberRemoved = 10,
  ConfigRolledBack = 11,
  ApiKeyCreated = 12,
  ApiKeyRevoked = 13,
  RolePut = 14,
  RoleDeleted = 15,
  RolesAssigned = 16,
  RolesRemoved = 17,
  GroupMemberAdded = 18,
  GroupMemberRemoved = 19,
  PolicyPut = 20,
  PolicyDeleted = 21,
  RequestCreated = 22,
  RequestEdited = 23,
  RequestSubmitted = 24,
  RequestApproved = 25,
  RequestRejected = 26,
  RequestWithdrawn = 27,
  RequestCommented = 28,
  RequestRebased = 29,
  RequestScheduled = 30,
  RequestPublished = 31,
  RequestEmergencyPublished = 32,
  RequestReviewed = 33,
  RequestUnscheduled = 34,  // it was due, and couldn't be published
  SchemaPut = 35,
  SchemaDeleted = 36,
  SchemasBound = 37,
  SchemasUnbound = 38,
  SecretsRewrapped = 39,
  QuotaPut = 40,
  QuotaDeleted = 41,
  QuotaCounted = 42,  // a step of counting what is used
  NamespaceRolledBack = 43,
  RetentionPut = 44,
  RetentionDeleted = 45,
  VersionsPruned = 46,  // a step; the event's new version is the number of them
  VersionDestroyed = 47,
  RestorePointCreated = 48,
  RestorePointDeleted = 49,
  SecretRead = 50,  // the event's versions are both the one that was read
};

// What kind of thing an action changes.
enum class Changed : std::uint8_t {
  Entry,
  Namespace,
  Member,  // of the cluster; the event's path is "/", its key the member's name
  Access,  // keys, roles, assignments, groups (access/commands.hpp)
  Policy,
  Request,  // the event's key names it (review/commands.hpp)
  Schema,   // schemas and what they are bound to (bindings/commands.hpp)
  Secrets,  // keys of secrets, or nothing: they are read (secrets/commands.hpp)
  Quota,
  Retention,     // the terms
  Past,          // what was: each event of an entry that comes of it stands beside it
  RestorePoint,  // the event's key is its name
};

struct ActionRow {
  Action action;
  Changed what;
  std::string_view name;
};
// In the order of the numbers, from 1 on, without a gap.
inline constexpr auto kActions = std::to_array<ActionRow>({
    {Action::ConfigCreated, Changed::Entry, "config.created"},
    {Action::ConfigUpdated, Changed::Entry, "config.updated"},
    {Action::ConfigDeleted, Changed::Entry, "config.deleted"},
    {Action::NamespaceCreated, Changed::Namespace, "namespace.created"},
    {Action::NamespaceUpdated, Changed::Namespace, "namespace.updated"},
    {Action::NamespaceDeleted, Changed::Namespace, "namespace.deleted"},
    {Action::MemberAdded, Changed::Member, "member.added"},
    {Action::MemberPromoted, Changed::Member, "member.promoted"},
    {Action::MemberDemoted, Changed::Member, "member.demoted"},
    {Action::MemberRemoved, Changed::Member, "member.removed"},
    {Action::ConfigRolledBack, Changed::Entry, "config.rolled_back"},
    {Action::ApiKeyCreated, Changed::Access, "api_key.created"},
    {Action::ApiKeyRevoked, Changed::Access, "api_key.revoked"},
    {Action::RolePut, Changed::Access, "role.put"},
    {Action::RoleDeleted, Changed::Access, "role.deleted"},
    {Action::RolesAssigned, Changed::Access, "roles.assigned"},
    {Action::RolesRemoved, Changed::Access, "roles.removed"},
    {Action::GroupMemberAdded, Changed::Access, "group_member.added"},
    {Action::GroupMemberRemoved, Changed::Access, "group_member.removed"},
    {Action::PolicyPut, Changed::Policy, "policy.put"},
    {Action::PolicyDeleted, Changed::Policy, "policy.deleted"},
    {Action::RequestCreated, Changed::Request, "request.created"},
    {Action::RequestEdited, Changed::Request, "request.edited"},
    {Action::RequestSubmitted, Changed::Request, "request.submitted"},
    {Action::RequestApproved, Changed::Request, "request.approved"},
    {Action::RequestRejected, Changed::Request, "request.rejected"},
    {Action::RequestWithdrawn, Changed::Request, "request.withdrawn"},
    {Action::RequestCommented, Changed::Request, "request.commented"},
    {Action::RequestRebased, Changed::Request, "request.rebased"},
    {Action::RequestScheduled, Changed::Request, "request.scheduled"},
    {Action::RequestPublished, Changed::Request, "request.published"},
    {Action::RequestEmergencyPublished, Changed::Request, "request.emergency_published"},
    {Action::RequestReviewed, Changed::Request, "request.reviewed"},
    {Action::RequestUnscheduled, Changed::Request, "request.unscheduled"},
    {Action::SchemaPut, Changed::Schema, "schema.put"},
    {Action::SchemaDeleted, Changed::Schema, "schema.deleted"},
    {Action::SchemasBound, Changed::Schema, "schemas.bound"},
    {Action::SchemasUnbound, Changed::Schema, "schemas.unbound"},
    {Action::SecretsRewrapped, Changed::Secrets, "secrets.rewrapped"},
    {Action::QuotaPut, Changed::Quota, "quota.put"},
    {Action::QuotaDeleted, Changed::Quota, "quota.deleted"},
    {Action::QuotaCounted, Changed::Quota, "quota.counted"},
    {Action::NamespaceRolledBack, Changed::Past, "namespace.rolled_back"},
    {Action::RetentionPut, Changed::Retention, "retention.put"},
    {Action::RetentionDeleted, Changed::Retention, "retention.deleted"},
    {Action::VersionsPruned, Changed::Past, "versions.pruned"},
    {Action::VersionDestroyed, Changed::Past, "version.destroyed"},
    {Action::RestorePointCreated, Changed::RestorePoint, "restore_point.created"},
    {Action::RestorePointDeleted, Changed::RestorePoint, "restore_point.deleted"},
    {Action::SecretRead, Changed::Secrets, "secret.read"},
});
static_assert([] {
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (static_cast<std::size_t>(kActions[i].action) != i + 1) return false;
  }
  return true;
}());
inline constexpr Action kLastAction = kActions.back().action;

// Also of a number that is none: that changes nothing.
constexpr bool changes(Changed what, Action action) {
  return std::ranges::any_of(kActions, [what, action](const ActionRow& row) {
    return row.action == action && row.what == what;
  });
}

constexpr std::string_view name_of(Action action) {
  const auto index = static_cast<std::size_t>(action) - 1;
  if (index >= kActions.size()) CONFMAN_UNREACHABLE("An action isn't in the table of actions.");
  return kActions[index].name;
}

constexpr std::optional<Action> action_named(std::string_view name) {
  const auto* row = std::ranges::find(kActions, name, &ActionRow::name);
  return row == kActions.end() ? std::nullopt : std::optional(row->action);
}

}  // namespace confman::domain
