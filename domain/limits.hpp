#pragma once

#include <cstddef>
#include <cstdint>

// Every bound of the product in one place. A limit that a client can hit has an error of its own
// (model/refusal.hpp); the others bound our own loops and queues.
namespace confman::domain {

inline constexpr std::size_t kMaxValueBytes = 1024 * 1024;
// A secret lies sealed, and is that much longer then (secrets/sealed.hpp).
inline constexpr std::size_t kSealBytes = 69;
inline constexpr std::size_t kMaxStoredValueBytes = kMaxValueBytes + kSealBytes;
inline constexpr std::size_t kMaxKeyBytes = 256;
inline constexpr std::size_t kMaxPathBytes = 1024;
inline constexpr std::size_t kMaxPathDepth = 32;
inline constexpr std::size_t kMaxSegmentBytes = 256;
inline constexpr std::size_t kMaxLabels = 64;
inline constexpr std::size_t kMaxLabelKeyBytes = 128;
inline constexpr std::size_t kMaxLabelValueBytes = 256;
inline constexpr std::size_t kMaxDescriptionBytes = 4096;
inline constexpr std::size_t kMaxContentTypeBytes = 128;
inline constexpr std::size_t kMaxActorIdBytes = 256;
inline constexpr std::size_t kMaxActorIpBytes = 64;
inline constexpr std::size_t kMaxOwnerBytes = 256;
// Principals, roles, API keys (access/).
inline constexpr std::size_t kMaxPrincipalNameBytes = 200;
inline constexpr std::size_t kMaxPrincipalBytes = kMaxPrincipalNameBytes + 8;  // with its kind
inline constexpr std::size_t kMaxRoleNameBytes = 64;
inline constexpr std::size_t kMaxRolesOfAssignment = 16;
inline constexpr std::size_t kMaxRolesBytes = kMaxRolesOfAssignment * (kMaxRoleNameBytes + 1);
inline constexpr std::size_t kMaxScopes = 16;
inline constexpr std::size_t kMaxScopesBytes = kMaxScopes * (kMaxPathBytes + 256);
inline constexpr std::uint64_t kMaxApiKeys = 100'000;
inline constexpr std::uint64_t kMaxRoles = 1000;
inline constexpr std::uint64_t kMaxAssignments = 1'000'000;
inline constexpr std::uint64_t kMaxAssignmentsOfNamespace = 1000;
inline constexpr std::size_t kMaxGroupsOfMember = 32;
inline constexpr std::size_t kMaxMembershipTextBytes =
    kMaxPrincipalNameBytes + 1 + kMaxPrincipalBytes;
inline constexpr std::size_t kMaxApiKeyIdBytes = 32;
inline constexpr std::int64_t kMaxKeyLifetimeMs = std::int64_t{3660} * 24 * 60 * 60 * 1000;
// How exactly the last use of an API key is known.
inline constexpr std::int64_t kKeyUseGrainMs = 60 * 60 * 1000;
// Schemas, and namespaces that are held to them (bindings/).
inline constexpr std::size_t kMaxSchemaTextBytes = 256 * 1024;
inline constexpr std::uint64_t kMaxSchemasOfNamespace = 1000;
inline constexpr std::size_t kMaxBoundSchemas = 16;  // by one namespace
inline constexpr std::size_t kMaxKeyPatternBytes = 256;
inline constexpr std::size_t kMaxBindingsBytes =
    kMaxBoundSchemas * (kMaxPathBytes + kMaxKeyBytes + kMaxKeyPatternBytes + 32);
// A namespace that a schema describes as a whole is read for each write: a page of the largest size
// is what one turn of the loop reads.
inline constexpr std::size_t kMaxHeldEntries = 1000;
inline constexpr std::size_t kMaxHeldBytes = 1024 * 1024;
// What a binding may concern, so that it can be tried before it holds.
inline constexpr std::size_t kMaxTriedNamespaces = 1000;
inline constexpr std::size_t kMaxTriedEntries = 10'000;
inline constexpr std::size_t kMaxTriedBytes = 16 * 1024 * 1024;

// Keys of secrets (secrets/).
inline constexpr std::size_t kMaxMasterKeyIdBytes = 64;
inline constexpr std::size_t kMaxMasterKeys = 16;  // that a node has
inline constexpr std::size_t kMaxWrappedKeyBytes = 256;
inline constexpr std::size_t kMaxDataKeyBytes = kMaxMasterKeyIdBytes + kMaxWrappedKeyBytes + 64;
inline constexpr std::uint64_t kMaxDataKeys = 1'000'000;
inline constexpr std::size_t kMaxRewrapped = 100;  // by one command
inline constexpr std::size_t kMaxRewrappedBytes =
    kMaxRewrapped * (kMaxPathBytes + kMaxDataKeyBytes);

// Policies and requests (review/).
inline constexpr std::uint64_t kMaxPolicies = 100'000;
inline constexpr std::uint64_t kMaxApprovals = 10;  // that a policy may ask for
inline constexpr std::size_t kMaxRequiredGroups = 8;
inline constexpr std::size_t kMaxEmergencyPrincipals = 32;
inline constexpr std::size_t kMaxFreezeWindows = 16;
inline constexpr std::size_t kMaxFreezeWindowsBytes = kMaxFreezeWindows * 40;
inline constexpr std::uint64_t kMaxOpenRequests = 100'000;
inline constexpr std::size_t kMaxTitleBytes = 200;
inline constexpr std::size_t kMaxNoteBytes = 4096;
inline constexpr std::uint32_t kMaxNotes = 1000;  // of a request; its end may still be noted
// No comment is added to so many notes: the rest is for what decides.
inline constexpr std::uint32_t kMaxNotesCommented = 900;
inline constexpr std::size_t kMaxNotesOfView = 100;
inline constexpr std::size_t kMaxChanges = 100;
inline constexpr std::size_t kMaxChangesBytes = kMaxValueBytes + 48 * 1024;  // encoded
inline constexpr std::size_t kMaxNamespacesOfRequest = 16;
inline constexpr std::size_t kMaxNamespacesOfRequestBytes =
    kMaxNamespacesOfRequest * (kMaxPathBytes + 1);
inline constexpr std::size_t kMaxContributors = 32;
// One more: who publishes in an emergency has a hand in it.
inline constexpr std::size_t kMaxContributorsBytes =
    (kMaxContributors + 1) * (kMaxPrincipalBytes + 1);
inline constexpr std::uint32_t kMaxApprovalsOfRequest = 32;
inline constexpr std::int64_t kRequestLifetimeMs = std::int64_t{30} * 24 * 60 * 60 * 1000;
inline constexpr std::int64_t kMaxRequestLifetimeMs = std::int64_t{366} * 24 * 60 * 60 * 1000;

// Quotas, retention, and work that the leader asks for a step at a time (chores/).
inline constexpr std::uint64_t kMaxQuotas = 10'000;
inline constexpr std::uint64_t kMaxRetentions = 10'000;
inline constexpr std::uint64_t kMaxKeptVersions = 1'000'000;
inline constexpr std::int64_t kMaxKeptMs = std::int64_t{36600} * 24 * 60 * 60 * 1000;
inline constexpr std::size_t kMaxChoreRows = 1000;
inline constexpr std::size_t kMaxChoreBytes = 1024 * 1024;
inline constexpr std::int64_t kRetentionPassMs = 60 * 60 * 1000;  // from one to the next
// A rollback of a namespace is one log entry: what it may look at, and what it may change.
inline constexpr std::size_t kMaxRollbackRows = 5000;
inline constexpr std::size_t kMaxRollbackReadBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kMaxRollbackChanges = 500;
inline constexpr std::size_t kMaxRollbackBytes = kMaxChangesBytes;
// More of them in one request would be looked at in one turn, some milliseconds each.
inline constexpr std::size_t kMaxRollbacksOfRequest = 1;
// Who may make one is found out at each look at the request, in all namespaces below.
inline constexpr std::size_t kMaxBindingsOfRequest = 2;
inline constexpr std::uint64_t kMaxRestorePoints = 100;
inline constexpr std::size_t kMaxRestorePointNameBytes = 64;

inline constexpr std::size_t kMaxIdempotencyKeyBytes = 255;
inline constexpr std::size_t kMaxRequestIdBytes = 64;
inline constexpr std::size_t kMaxJsonDepth = 64;
inline constexpr std::size_t kMaxJsonNodes = 50'000;
// An object that breaks the bound on nodes all by itself is told so.
inline constexpr std::size_t kMaxJsonMembers = kMaxJsonNodes - 1;
inline constexpr std::size_t kMaxJsonNameBytes = 1024;
inline constexpr std::size_t kMaxJsonNumberChars = 64;

// Remembered outcomes live this long in log time (the stamps of later commands), and no more than
// this many at once: the oldest go first.
inline constexpr std::int64_t kOutcomeLifetimeMs = 24 * 60 * 60 * 1000;
inline constexpr std::uint64_t kMaxOutcomes = 100'000;
// Apply is cheap: one command evicts at most this many outcomes.
inline constexpr std::size_t kMaxEvictionsPerCommand = 4;

inline constexpr std::size_t kMaxMembershipBytes = 32 * 1024;  // encoded, as the state keeps it

inline constexpr std::size_t kMaxPageSize = 1000;
inline constexpr std::size_t kDefaultPageSize = 100;
// A listing may ask for so many labels at once; each is looked up for each entry.
inline constexpr std::size_t kMaxLabelFilters = 16;
// An answer never carries more than this many bytes of values, or one item; the page ends early
// instead.
inline constexpr std::size_t kMaxPageBytes = 1024 * 1024;
// A query never looks at more rows than this, nor at many more bytes of rows, whatever matches: the
// page ends where it has got to. A page of the largest size fits, and takes a few milliseconds.
inline constexpr std::size_t kMaxVisitedRows = kMaxPageSize;
inline constexpr std::size_t kMaxVisitedBytes = kMaxPageBytes;

// What two values differ in is looked for in values of at most this size, with so many comparisons,
// and told in so much: a few milliseconds of the loop.
inline constexpr std::size_t kMaxDiffBytes = 64 * 1024;
inline constexpr std::size_t kMaxDiffSteps = 40'000;
inline constexpr std::size_t kMaxDiffChanges = 1000;
inline constexpr std::size_t kMaxDiffOutputBytes = 64 * 1024;

// A whole command with all its fields at their limits, and some room for its envelope.
inline constexpr std::size_t kMaxCommandBytes = kMaxValueBytes + 64 * 1024;
static_assert(kMaxLabels * (kMaxLabelKeyBytes + kMaxLabelValueBytes + 8) + kMaxDescriptionBytes +
                  kMaxPathBytes + kMaxKeyBytes + kMaxActorIdBytes + kMaxIdempotencyKeyBytes <
              64 * 1024);

}  // namespace confman::domain
