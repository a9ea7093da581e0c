#include "domain/access/commands.hpp"
#include "domain/access/principal.hpp"
#include "domain/access/role_names.hpp"

// What can be told of these commands without the state.
namespace confman::domain {
namespace {

Checked check_role_name(std::string_view name) {
  return check_that(is_role_name(name), CommandFaultKind::BadRoles);
}

}  // namespace

Checked check(const CreateApiKey& c) {
  if (!actor_for(c.owner)) return fault(CommandFaultKind::BadPrincipal);
  if (auto ok = check_description(c.description); !ok) return ok;
  const auto scopes = parse_scopes(c.scopes);
  const bool good = scopes && scopes->size() <= kMaxScopes && join_scopes(*scopes) == c.scopes;
  if (!good) return fault(CommandFaultKind::BadScopes);
  return check_that(c.lifetime_ms >= 0 && c.lifetime_ms <= kMaxKeyLifetimeMs,
                    CommandFaultKind::BadLifetime);
}

Checked check(const RevokeApiKey& c) {
  return check_key_field(c.id);
}

Checked check(const MintBootstrapKey&) {
  return {};
}

Checked check(const PutRole& c) {
  if (auto ok = check_role_name(c.name); !ok) return ok;
  if (fixed_role(c.name) != nullptr) return fault(CommandFaultKind::FixedRole);
  const PermissionSet permissions = PermissionSet::of_bits(c.permissions);
  if (permissions.empty() || permissions.bits() != c.permissions) {
    return fault(CommandFaultKind::BadPermissions);
  }
  if (auto ok = check_description(c.description); !ok) return ok;
  return check_precondition(c.precondition);
}

Checked check(const DeleteRole& c) {
  if (auto ok = check_role_name(c.name); !ok) return ok;
  if (fixed_role(c.name) != nullptr) return fault(CommandFaultKind::FixedRole);
  return check_precondition(c.precondition);
}

Checked check(const PutAssignment& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (!parse_principal(c.principal)) return fault(CommandFaultKind::BadPrincipal);
  if (!are_roles(c.roles)) return fault(CommandFaultKind::BadRoles);
  return check_precondition(c.precondition);
}

Checked check(const DeleteAssignment& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (!parse_principal(c.principal)) return fault(CommandFaultKind::BadPrincipal);
  return check_precondition(c.precondition);
}

Checked check(const AddGroupMember& c) {
  return check_that(parse_membership(c.membership).has_value(), CommandFaultKind::BadPrincipal);
}

Checked check(const RemoveGroupMember& c) {
  return check_that(parse_membership(c.membership).has_value(), CommandFaultKind::BadPrincipal);
}

}  // namespace confman::domain
