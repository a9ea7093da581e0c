#pragma once

#include <cstdint>

#include "domain/model/path.hpp"

namespace confman::domain {

enum class CommandFaultKind : std::uint8_t {
  BadPath,  // `name` says how
  BadKey,   // `name` says how
  ValueTooLarge,
  BadContentType,
  TooManyLabels,
  BadLabel,  // a label's name is empty, or name or value too long, not UTF-8 or with control
             // characters
  LabelsNotSorted,
  DescriptionTooLong,
  BadText,  // description, owner, actor or request id too long or not UTF-8
  BadIdempotencyKey,
  ContradictoryPrecondition,
  BadTarget,       // of a rollback: neither a version nor a revision nor a time, or more than one
  BadPrincipal,    // access/principal.hpp; or a group where somebody has to be who can act
  BadRoles,        // access/role_names.hpp
  FixedRole,       // nobody changes those
  BadPermissions,  // none, or one that this build doesn't know
  BadScopes,       // of an API key
  BadLifetime,     // likewise
  BadInherit,
  BadTitle,              // of a request: empty, or no line
  BadChanges,            // of a request: none, too many, or not readable
  ChangeNotAllowed,      // a kind of command that can't stand in a request
  ChangeTwice,           // two changes of one thing
  ChangeWithoutVersion,  // a change doesn't say which version it starts from
  TooManyNamespaces,     // of a request
  TooManyRollbacks,      // of namespaces, in a request
  TooManyBindings,       // in a request
  BadTime,               // when it is to be published
  BadStep,
  VersionRequired,  // who approves or publishes names the version that they saw
  TextRequired,     // who rejects, comments, or publishes in an emergency says why
  BadApprovals,     // of a policy; and so on
  BadGroups,
  BadEmergency,
  BadFreezes,
  ContradictoryPolicy,  // approvers must not publish, and approval publishes
  SchemaTooLarge,
  BadBindings,  // bindings/bound.hpp
  BadSecret,    // secrets/sealed.hpp, secrets/data_key.hpp
  BadQuota,     // neither entries nor bytes
  BadRetention,
  BadRestorePoint,  // its name
  BadPrefix,        // of keys
  BadVersion,       // none
};

// What is wrong with a command, whatever the state is.
struct CommandFault {
  CommandFaultKind kind{};
  NameFault name{};  // for BadPath and BadKey

  friend bool operator==(const CommandFault&, const CommandFault&) = default;
};

}  // namespace confman::domain
