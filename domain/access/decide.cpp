#include <algorithm>
#include <optional>
#include <utility>

#include "domain/access/assignment.hpp"
#include "domain/access/assignments.hpp"
#include "domain/access/commands.hpp"
#include "domain/access/group.hpp"
#include "domain/access/role.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

constexpr std::string_view kRoot = "/";

// Those that there are at the cluster's feature level: older builds know of no others.
PermissionSet all_of(const Act& act) {
  const std::uint64_t later =
      act.feature_level < kSecrets ? PermissionSet{Permission::ReadSecrets}.bits() : 0;
  return PermissionSet::of_bits(PermissionSet::all().bits() & ~later);
}

bool is_administrator(StateWriter& state, const Act& act) {
  return Rights(state.store(), act.caller).at(kRoot).holds(all_of(act));
}

bool may(StateWriter& state, const Act& act, Permission permission, std::string_view path) {
  return Rights(state.store(), act.caller).may(permission, path);
}

void changed(StateWriter& state, const Act& act) {
  state.meta().access_changed = act.position.index;
}

HeldRow<AssignmentTable> hold_assignment(StateWriter& state, std::string_view path,
                                         std::string_view principal) {
  return hold<AssignmentTable>(state.store(), keys::of_assignment(path, principal));
}
HeldRow<RoleTable> hold_role(StateWriter& state, std::string_view name) {
  return hold<RoleTable>(state.store(), keys::of_role(name));
}

// Whether a role allows now what who asks doesn't hold: they don't change it, nor take it away.
bool exceeds(const HeldRow<RoleTable>& role, PermissionSet own, const Act& act) {
  return act.feature_level >= kRolesHeld &&
         !own.holds(PermissionSet::of_bits(role.row.permissions));
}

void write_key(StateWriter& state, const Act& act, ApiKeyRow row) {
  row.created_at = act.stamp;
  row.revision = act.position;
  row.author = act.actor;
  state.insert(Table::ApiKey, keys::of_api_key(api_key_id(row.digest)), encode(row));
  ++state.meta().api_keys;
}

std::int64_t expiry_of(const Act& act, std::int64_t lifetime_ms) {
  if (lifetime_ms == 0) return 0;
  return std::min(act.stamp.wall_ms, INT64_MAX - lifetime_ms) + lifetime_ms;
}

std::optional<Refusal> no_room_for_key(StateWriter& state, const Sha256Digest& digest) {
  if (state.store().get(Table::ApiKey, keys::of_api_key(api_key_id(digest)))) {
    return Refusal::ApiKeyExists;
  }
  if (state.meta().api_keys >= kMaxApiKeys) return Refusal::TooMany;
  return std::nullopt;
}

// --- assignments

// Counts who names a role that can be deleted.
void count_uses(StateWriter& state, std::string_view roles, bool more) {
  for (const std::string_view name : split_list(roles)) {
    if (fixed_role(name) != nullptr) continue;
    const auto found = hold_role(state, name);
    CONFMAN_ASSERT(found.bytes && (more || found.row.uses > 0),
                   "An assignment names a role that there isn't, or that doesn't count it.");
    RoleRow row = found.row;
    more ? ++row.uses : --row.uses;
    write(state, found, row);
  }
}

void count_assignment(StateWriter& state, std::string_view path, bool more) {
  const auto found = hold<NamespaceTable>(state.store(), keys::of_namespace(path));
  CONFMAN_ASSERT(found.bytes, "A namespace with assignments isn't there.");
  NamespaceRow row = found.row;
  more ? ++row.assignments : --row.assignments;
  write(state, found, row);
  more ? ++state.meta().assignments : --state.meta().assignments;
}

bool names(std::string_view roles, std::string_view role) {
  return std::ranges::count(split_list(roles), role) > 0;
}

bool names_admin(std::string_view roles) {
  return names(roles, kAdminRole);
}

// Whether somebody else than this principal administers "/": a user or a service. A group may be
// empty.
bool has_other_admin(StateWriter& state, std::string_view principal) {
  const Bytes prefix = keys::of_assignment(kRoot, {});
  bool found = false;
  state.store().scan(Table::Assignment, prefix, keys::end_of_prefix(prefix),
                     [&](ByteView key, ByteView value) {
                       const auto name = keys::parse_assignment(key);
                       CONFMAN_ASSERT(name, "A row of Assignment has a key that does not parse.");
                       found = name->principal != principal && actor_for(name->principal) &&
                               names_admin(must_decode(decode_assignment_row(value)).roles);
                       return !found;
                     });
  return found;
}

bool takes_last_admin(StateWriter& state, std::string_view path, std::string_view principal,
                      std::string_view before, std::string_view after) {
  return path == kRoot && names_admin(before) && !names_admin(after) && actor_for(principal) &&
         !has_other_admin(state, principal);
}

// Nobody grants what they don't hold. What the principal has already is no grant.
std::optional<Refusal> check_grant(StateWriter& state, const Act& act, std::string_view path,
                                   std::string_view before, std::string_view after) {
  Rights rights(state.store(), act.caller);
  PermissionSet own = rights.at(path);
  // Who manages access at "/" brings back what a namespace that doesn't inherit has shut out.
  const PermissionSet at_root = rights.at(kRoot);
  if (at_root.has(Permission::ManageAccess)) own |= at_root;
  for (const std::string_view name : split_list(after)) {
    PermissionSet granted;
    if (const FixedRole* fixed = fixed_role(name)) {
      granted = fixed->permissions;
    } else {
      const auto role = hold_role(state, name);
      if (!role.bytes) return Refusal::RoleNotFound;
      granted = PermissionSet::of_bits(role.row.permissions);
    }
    granted &= all_of(act);
    if (!names(before, name) && !own.holds(granted)) return Refusal::GrantExceedsOwn;
  }
  return std::nullopt;
}

void assign(StateWriter& state, const Act& act, std::string_view path,
            const HeldRow<AssignmentTable>& found, const std::string& roles) {
  count_uses(state, found.row.roles, false);
  count_uses(state, roles, true);
  if (!found.bytes) count_assignment(state, path, true);
  write(state, found, AssignmentRow{roles, act.position, act.actor, act.stamp});
  changed(state, act);
}

}  // namespace

// --- keys

Decision decide(StateWriter& state, const Act& act, const CreateApiKey& command) {
  Decision decision;
  decision.action = command.attempted();
  const bool reserved = command.owner == MintBootstrapKey::kBootstrapPrincipal;
  if (reserved && act.feature_level >= kBootstrapReserved) {
    return refuse(decision, Refusal::Forbidden);
  }
  // Not even one with a scope of everything: what it makes would outlive it, and its scopes.
  const bool scoped = !act.caller.scopes.empty();
  if (scoped && act.feature_level >= kWholeRights) return refuse(decision, Refusal::Forbidden);
  const bool own = command.owner == act.caller.principal && !scoped;
  if (!own && !is_administrator(state, act)) return refuse(decision, Refusal::Forbidden);
  if (const auto no = no_room_for_key(state, command.digest)) return refuse(decision, *no);
  write_key(state, act,
            {.digest = command.digest,
             .owner = command.owner,
             .description = command.description,
             .scopes = command.scopes,
             .expires_ms = expiry_of(act, command.lifetime_ms)});
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const RevokeApiKey& command) {
  Decision decision;
  decision.action = command.attempted();
  const auto found = hold<ApiKeyTable>(state.store(), keys::of_api_key(command.id));
  // A narrow key, in a dashboard perhaps, is none to take its owner's others away with.
  const bool whole = act.feature_level < kWholeRights || act.caller.scopes.empty() ||
                     act.caller.key_id == command.id;
  const bool own = found.bytes && found.row.owner == act.caller.principal && whole;
  if (!own && !may(state, act, Permission::ManageAccess, kRoot)) {
    return refuse(decision, Refusal::Forbidden);
  }
  if (!found.bytes) return refuse(decision, Refusal::ApiKeyNotFound);
  decision.current_version = found.version();
  ApiKeyRow row = found.row;
  if (!row.is_revoked()) {
    row.revoked_at = act.stamp;
    row.revision = act.position;
    write(state, found, row);
    changed(state, act);
  }
  decision.new_version = row.revision.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const MintBootstrapKey& command) {
  constexpr std::string_view kOwner = MintBootstrapKey::kBootstrapPrincipal;
  Decision decision;
  decision.action = command.attempted();
  if (act.actor.type != ActorType::System) return refuse(decision, Refusal::Forbidden);
  if (command.only_if_open && state.meta().closed) {
    return refuse(decision, Refusal::AlreadyBootstrapped);
  }
  if (const auto no = no_room_for_key(state, command.digest)) return refuse(decision, *no);
  write_key(state, act, {.digest = command.digest, .owner = std::string(kOwner)});
  const auto found = hold_assignment(state, kRoot, kOwner);
  if (!names_admin(found.row.roles)) {
    auto roles = split_list(found.row.roles);
    roles.push_back(kAdminRole);
    assign(state, act, kRoot, found, join_roles(std::move(roles)));
  }
  state.meta().closed = true;
  changed(state, act);
  decision.new_version = act.position.index;
  return decision;
}

// --- roles

Decision decide(StateWriter& state, const Act& act, const PutRole& command) {
  Decision decision;
  decision.action = command.attempted();
  const PermissionSet own = Rights(state.store(), act.caller).at(kRoot);
  if (!own.has(Permission::ManageAccess)) return refuse(decision, Refusal::Forbidden);
  const auto found = hold_role(state, command.name);
  decision.current_version = found.version();
  if (const auto no =
          check_precondition(command.precondition, found.version(), Refusal::RoleExists)) {
    return refuse(decision, *no);
  }
  // Who has the role gets what it gains, and loses what it allowed.
  if (!own.holds(PermissionSet::of_bits(command.permissions)) || exceeds(found, own, act)) {
    return refuse(decision, Refusal::GrantExceedsOwn);
  }
  if (!found.bytes && state.meta().roles >= kMaxRoles) return refuse(decision, Refusal::TooMany);
  write(state, found,
        RoleRow{command.permissions, command.description, found.row.uses, act.position, act.actor,
                act.stamp});
  if (!found.bytes) ++state.meta().roles;
  changed(state, act);
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const DeleteRole& command) {
  Decision decision;
  decision.action = command.attempted();
  const PermissionSet own = Rights(state.store(), act.caller).at(kRoot);
  if (!own.has(Permission::ManageAccess)) return refuse(decision, Refusal::Forbidden);
  const auto found = hold_role(state, command.name);
  decision.current_version = found.version();
  if (const auto no =
          check_precondition(command.precondition, found.version(), Refusal::RoleExists)) {
    return refuse(decision, *no);
  }
  if (!found.bytes) return refuse(decision, Refusal::RoleNotFound);
  if (exceeds(found, own, act)) return refuse(decision, Refusal::GrantExceedsOwn);
  if (found.row.uses > 0) return refuse(decision, Refusal::RoleInUse);
  remove(state, found);
  --state.meta().roles;
  changed(state, act);
  return decision;
}

// --- assignments

Decision decide(StateWriter& state, const Act& act, const PutAssignment& command) {
  Decision decision;
  decision.action = command.attempted();
  if (!may(state, act, Permission::ManageAccess, command.path)) {
    return refuse(decision, Refusal::Forbidden);
  }
  const auto bytes = state.store().get(Table::Namespace, keys::of_namespace(command.path));
  if (!bytes) return refuse(decision, Refusal::NamespaceNotFound);
  const auto found = hold_assignment(state, command.path, command.principal);
  decision.current_version = found.version();
  if (const auto no =
          check_precondition(command.precondition, found.version(), Refusal::AssignmentExists)) {
    return refuse(decision, *no);
  }
  if (const auto no = check_grant(state, act, command.path, found.row.roles, command.roles)) {
    return refuse(decision, *no);
  }
  if (takes_last_admin(state, command.path, command.principal, found.row.roles, command.roles)) {
    return refuse(decision, Refusal::LastAdmin);
  }
  const NamespaceRow row = must_decode(decode_namespace_row(*bytes));
  const bool full =
      row.assignments >= kMaxAssignmentsOfNamespace || state.meta().assignments >= kMaxAssignments;
  if (!found.bytes && full) return refuse(decision, Refusal::TooMany);
  assign(state, act, command.path, found, command.roles);
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const DeleteAssignment& command) {
  Decision decision;
  decision.action = command.attempted();
  if (!may(state, act, Permission::ManageAccess, command.path)) {
    return refuse(decision, Refusal::Forbidden);
  }
  const auto found = hold_assignment(state, command.path, command.principal);
  decision.current_version = found.version();
  if (const auto no =
          check_precondition(command.precondition, found.version(), Refusal::AssignmentExists)) {
    return refuse(decision, *no);
  }
  if (!found.bytes) return refuse(decision, Refusal::AssignmentNotFound);
  if (takes_last_admin(state, command.path, command.principal, found.row.roles, {})) {
    return refuse(decision, Refusal::LastAdmin);
  }
  count_uses(state, found.row.roles, false);
  count_assignment(state, command.path, false);
  remove(state, found);
  changed(state, act);
  return decision;
}

void remove_assignments(StateWriter& state, const Act& act, std::string_view path) {
  const Bytes prefix = keys::of_assignment(path, {});
  std::vector<std::pair<Bytes, Bytes>> rows;
  state.store().scan(Table::Assignment, prefix, keys::end_of_prefix(prefix),
                     [&rows](ByteView key, ByteView value) {
                       rows.emplace_back(key, value);
                       return true;
                     });
  CONFMAN_ASSERT(rows.size() <= kMaxAssignmentsOfNamespace,
                 "A namespace has more assignments than it may.");
  for (const auto& [key, value] : rows) {
    count_uses(state, must_decode(decode_assignment_row(value)).roles, false);
    state.remove(Table::Assignment, key, value);
    --state.meta().assignments;
  }
  changed(state, act);
}

// --- groups

Decision decide(StateWriter& state, const Act& act, const AddGroupMember& command) {
  Decision decision;
  decision.action = command.attempted();
  if (!is_administrator(state, act)) return refuse(decision, Refusal::Forbidden);
  const auto [group, member] = *parse_membership(command.membership);
  const Bytes key = keys::of_group_member(group, member);
  if (state.store().get(Table::GroupMember, key)) {
    return refuse(decision, Refusal::GroupMemberExists);
  }
  std::size_t groups = 0;
  const Bytes prefix = keys::of_member_group(member, {});
  state.store().scan(Table::MemberGroup, prefix, keys::end_of_prefix(prefix),
                     [&groups](ByteView, ByteView) { return ++groups < kMaxGroupsOfMember; });
  if (groups >= kMaxGroupsOfMember) return refuse(decision, Refusal::TooMany);
  state.insert(Table::GroupMember, key, encode(GroupMemberRow{act.position, act.actor, act.stamp}));
  state.insert(Table::MemberGroup, keys::of_member_group(member, group), {});
  changed(state, act);
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const RemoveGroupMember& command) {
  Decision decision;
  decision.action = command.attempted();
  if (!is_administrator(state, act)) return refuse(decision, Refusal::Forbidden);
  const auto [group, member] = *parse_membership(command.membership);
  const auto found = hold<GroupMemberTable>(state.store(), keys::of_group_member(group, member));
  decision.current_version = found.version();
  if (!found.bytes) return refuse(decision, Refusal::GroupMemberNotFound);
  remove(state, found);
  state.remove(Table::MemberGroup, keys::of_member_group(member, group), {});
  changed(state, act);
  return decision;
}

}  // namespace confman::domain
