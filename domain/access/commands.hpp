#pragma once

#include <cstdint>
#include <string>

#include "domain/access/group.hpp"
#include "domain/access/permission.hpp"
#include "domain/access/rights.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"

// Changes of who may do what. Versions, here, are the log index of the last change of what is
// meant: one that is deleted and made again never has an earlier one.
//
// Nobody grants what they don't hold.
namespace confman::domain {

class StateWriter;

// The subject in the audit trail: at "/" the name of the key, role or membership; of an assignment
// its namespace and principal. What they need is more than one permission at one place: decide()
// asks (kAsksItself).

// A key whose text the asker has and the state never sees. One's own without more ado, if the key
// that it is asked with has no scopes; for somebody else by an administrator of "/".
//
// Nobody, from kBootstrapReserved on, makes one for MintBootstrapKey::kBootstrapPrincipal, who
// passes over policies (review/rules.cpp): an administrator would alone be whoever has to agree.
struct CreateApiKey {
  Sha256Digest digest{};
  std::string owner;
  std::string description;
  std::string scopes;          // join_scopes()
  std::int64_t lifetime_ms{};  // of log time; 0: it doesn't expire

  static constexpr std::uint8_t kNumber = 16;
  static constexpr std::uint64_t kSince = kAccess;
  // Older builds know no scope with that; one of that path has to wait as well.
  std::uint64_t since() const {
    return scopes.contains(name_of(Permission::ReadSecrets)) ? kSecrets : kSince;
  }
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{21, "description", kMaxDescriptionBytes}, command.description);
    visit(Text{25, "owner", kMaxPrincipalBytes}, command.owner);
    visit(Field{30, "digest"}, command.digest);
    visit(Text{31, "scopes", kMaxScopesBytes}, command.scopes);
    visit(Field{32, "lifetime_ms"}, command.lifetime_ms);
  }
  Subject subject() const { return {"/", owner}; }
  Action attempted() const { return Action::ApiKeyCreated; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const CreateApiKey&, const CreateApiKey&) = default;
};
Checked check(const CreateApiKey&);
Decision decide(StateWriter&, const Act&, const CreateApiKey&);

// For good. One's own, or any by who manages access at "/". The row stays: the audit trail names
// it.
struct RevokeApiKey {
  std::string id;

  static constexpr std::uint8_t kNumber = 17;
  static constexpr std::uint64_t kSince = kAccess;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "id", kMaxKeyBytes}, command.id);
  }
  Subject subject() const { return {"/", id}; }
  Action attempted() const { return Action::ApiKeyRevoked; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const RevokeApiKey&, const RevokeApiKey&) = default;
};
Checked check(const RevokeApiKey&);
Decision decide(StateWriter&, const Act&, const RevokeApiKey&);

// A key of an administrator of "/", asked for by a node: at the founding, or by who has its data
// directory. Closes the cluster.
struct MintBootstrapKey {
  Sha256Digest digest{};
  bool only_if_open = false;  // at the founding: one node's key is enough

  static constexpr std::uint8_t kNumber = 18;
  static constexpr std::uint64_t kSince = kAccess;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Field{30, "digest"}, command.digest);
    visit(Field{33, "only_if_open"}, command.only_if_open);
  }
  Subject subject() const { return {"/", kBootstrapPrincipal}; }
  Action attempted() const { return Action::ApiKeyCreated; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const MintBootstrapKey&, const MintBootstrapKey&) = default;

  static constexpr std::string_view kBootstrapPrincipal = "service:bootstrap";
};
Checked check(const MintBootstrapKey&);
Decision decide(StateWriter&, const Act&, const MintBootstrapKey&);

// Creates a role or replaces it.
struct PutRole {
  std::string name;
  std::uint64_t permissions{};  // PermissionSet::bits
  std::string description;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 19;
  static constexpr std::uint64_t kSince = kAccess;
  std::uint64_t since() const {
    return PermissionSet::of_bits(permissions).has(Permission::ReadSecrets) ? kSecrets : kSince;
  }
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "name", kMaxRoleNameBytes}, command.name);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Text{21, "description", kMaxDescriptionBytes}, command.description);
    visit(Field{34, "permissions"}, command.permissions);
  }
  Subject subject() const { return {"/", name}; }
  Action attempted() const { return Action::RolePut; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const PutRole&, const PutRole&) = default;
};
Checked check(const PutRole&);
Decision decide(StateWriter&, const Act&, const PutRole&);

struct DeleteRole {
  std::string name;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 20;
  static constexpr std::uint64_t kSince = kAccess;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "name", kMaxRoleNameBytes}, command.name);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {"/", name}; }
  Action attempted() const { return Action::RoleDeleted; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const DeleteRole&, const DeleteRole&) = default;
};
Checked check(const DeleteRole&);
Decision decide(StateWriter&, const Act&, const DeleteRole&);

// The roles of a principal in a namespace become these.
struct PutAssignment {
  std::string path;
  std::string principal;
  std::string roles;  // join_roles()
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 21;
  static constexpr std::uint64_t kSince = kAccess;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "principal", kMaxPrincipalBytes}, command.principal);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Text{35, "roles", kMaxRolesBytes}, command.roles);
  }
  Subject subject() const { return {path, principal}; }
  Action attempted() const { return Action::RolesAssigned; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const PutAssignment&, const PutAssignment&) = default;
};
Checked check(const PutAssignment&);
Decision decide(StateWriter&, const Act&, const PutAssignment&);

struct DeleteAssignment {
  std::string path;
  std::string principal;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 22;
  static constexpr std::uint64_t kSince = kAccess;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Text{17, "principal", kMaxPrincipalBytes}, command.principal);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {path, principal}; }
  Action attempted() const { return Action::RolesRemoved; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const DeleteAssignment&, const DeleteAssignment&) = default;
};
Checked check(const DeleteAssignment&);
Decision decide(StateWriter&, const Act&, const DeleteAssignment&);

// By administrators of "/": a group's roles may be anywhere.
struct AddGroupMember {
  std::string membership;  // join_membership(): group and member

  static constexpr std::uint8_t kNumber = 23;
  static constexpr std::uint64_t kSince = kAccess;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "membership", kMaxMembershipTextBytes}, command.membership);
  }
  Subject subject() const { return {"/", membership}; }
  Action attempted() const { return Action::GroupMemberAdded; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const AddGroupMember&, const AddGroupMember&) = default;
};
Checked check(const AddGroupMember&);
Decision decide(StateWriter&, const Act&, const AddGroupMember&);

struct RemoveGroupMember {
  std::string membership;

  static constexpr std::uint8_t kNumber = 24;
  static constexpr std::uint64_t kSince = kAccess;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{17, "membership", kMaxMembershipTextBytes}, command.membership);
  }
  Subject subject() const { return {"/", membership}; }
  Action attempted() const { return Action::GroupMemberRemoved; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const RemoveGroupMember&, const RemoveGroupMember&) = default;
};
Checked check(const RemoveGroupMember&);
Decision decide(StateWriter&, const Act&, const RemoveGroupMember&);

}  // namespace confman::domain
