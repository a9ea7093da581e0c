#pragma once

#include <cstdint>

// What a cluster may do while its members run different builds. A cluster begins at the first
// level; its leader raises it by an entry of the log once every member has said that it can go
// along, and it never goes down. A build that doesn't know the level of its cluster stops
// (consensus/raft/feature_level.cpp).
//
// A level is what all that is new in a build hangs on: entries of the log that older builds can't
// read, other results of applying an entry, and messages that they don't know. Below it a build
// does what the older ones do, bit by bit.
//
// Nothing that mends a cluster may depend on a level: a member that is gone for good never says
// what it could apply, and must be removable all the same.
//
//   1  what every build can apply
//   2  Membership entries say who asked for them, and that is an event of the audit trail
//   3  the stamps of what is applied strictly increase, whatever their leader proposed
//   (apply/apply.hpp);
//      nodes ask each other what their clocks say, and log time keeps to a majority's word
//      (app/node/cluster_clock.hpp);
//      a namespace that is created again goes on counting its versions (namespaces/decide.cpp);
//      a refused change of members is a command, and so an event (NoteRefusedChange)
//   4  an entry can be rolled back (RollbackEntry);
//      API keys, roles, groups and assignments; what a command may do is decided when it is applied
//      (access/rights.hpp)
//   5  policies, drafts and requests (review/commands.hpp); events name the API key;
//      schemas, and writes that are held to them (bindings/bound.hpp)
//   6  an approval takes a key whose scopes allow it in all that the request touches
//      (review/rules.hpp), a binding the right to read all that it is tried on
//      (bindings/may_bind.hpp);
//      values that are sealed before they are proposed, and the permission to read them
//      (secrets/data_key.hpp);
//      quotas (quotas/quota.hpp); rollback of a namespace (past/commands.hpp); retention
//      (retention/retention.hpp); restore points, and versions that are destroyed;
//      a deleted namespace still shuts out what it did (namespaces/decide.cpp);
//      keys of service:bootstrap come from the nodes alone (access/commands.hpp);
//      a freeze holds up no request that is of policies, roles and the like alone
//      (review/rules.hpp), and what is scheduled doesn't expire before its time (review/steps.cpp);
//      comments end before what decides does (review/rules.hpp), a request says which of its
//      changes a node let start from what was live (review/commands.hpp), and one that is submitted
//      as it is made has that as an event, too;
//      who changes or deletes a role has to hold what it allowed (access/decide.cpp);
//      keys with scopes make none (access/decide.cpp), who destroys a version has to be allowed to
//      read there (past/destroy.cpp), an emergency is of one namespace (review/rules.cpp);
//      a policy can have each reading of a secret noted (secrets/commands.hpp);
//      a schema whose author had no right to put it is proposed without having been judged
//      (bindings/commands.hpp)
namespace confman {

inline constexpr std::uint64_t kFirstFeatureLevel = 1;
inline constexpr std::uint64_t kMemberNotes = 2;
inline constexpr std::uint64_t kStrictStamps = 3;
inline constexpr std::uint64_t kCommonTime = 3;
inline constexpr std::uint64_t kNamespaceMemory = 3;
inline constexpr std::uint64_t kRefusedChanges = 3;
inline constexpr std::uint64_t kRollback = 4;
inline constexpr std::uint64_t kAccess = 4;
inline constexpr std::uint64_t kReview = 5;
inline constexpr std::uint64_t kSchemas = 5;
inline constexpr std::uint64_t kWholeRights = 6;
inline constexpr std::uint64_t kSecrets = 6;
inline constexpr std::uint64_t kPast = 6;
inline constexpr std::uint64_t kLastingPrivacy = 6;
inline constexpr std::uint64_t kBootstrapReserved = 6;
inline constexpr std::uint64_t kTermsInFreezes = 6;
inline constexpr std::uint64_t kSchedulesLast = 6;
inline constexpr std::uint64_t kCommentsEnd = 6;
inline constexpr std::uint64_t kFilledBases = 6;
inline constexpr std::uint64_t kSubmissionsNoted = 6;
inline constexpr std::uint64_t kRolesHeld = 6;
inline constexpr std::uint64_t kReadingsNoted = 6;
inline constexpr std::uint64_t kUnjudged = 6;
inline constexpr std::uint64_t kNewestFeatureLevel = 6;

}  // namespace confman
