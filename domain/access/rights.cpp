#include "domain/access/rights.hpp"

#include <algorithm>
#include <utility>

#include "domain/access/assignment.hpp"
#include "domain/access/group.hpp"
#include "domain/access/level.hpp"
#include "domain/access/principal.hpp"
#include "domain/access/role.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/model/path.hpp"

namespace confman::domain {
namespace {

constexpr std::string_view kRoot = "/";

// What goes down through a namespace that doesn't inherit: of "/" alone, and, where it is deleted,
// of all above. Nobody has a role in it any more, and somebody has to be able to create it again.
constexpr PermissionSet kOfRoot = {Permission::ManageAccess};
constexpr PermissionSet kThroughDeleted = {Permission::ManageNamespaces};

}  // namespace

std::expected<Caller, Refusal> identify(const StateStore& store, bool closed,
                                        const Credentials& credentials, std::int64_t now_ms) {
  Caller caller;
  caller.actor = credentials.actor;
  if (!credentials.key) {
    caller.unrestricted = !closed || credentials.actor.type == ActorType::System;
    if (!caller.unrestricted) return std::unexpected(Refusal::CredentialsRequired);
    return caller;
  }
  caller.key_id = api_key_id(*credentials.key);
  const auto bytes = store.get(Table::ApiKey, keys::of_api_key(caller.key_id));
  if (!bytes) return std::unexpected(Refusal::ApiKeyUnknown);
  ApiKeyRow row = must_decode(decode_api_key_row(*bytes));
  if (row.digest != *credentials.key) return std::unexpected(Refusal::ApiKeyUnknown);
  if (row.is_revoked()) return std::unexpected(Refusal::ApiKeyRevoked);
  if (row.has_expired(now_ms)) return std::unexpected(Refusal::ApiKeyExpired);
  auto owner = actor_for(row.owner);
  CONFMAN_ASSERT(owner, "An API key belongs to nobody who could act.");
  caller.actor = std::move(*owner);
  caller.actor.ip = credentials.actor.ip;
  caller.principal = std::move(row.owner);
  caller.scopes = std::move(row.scopes);
  return caller;
}

Rights::Rights(const StateStore& store, const Caller& caller)
    : store_(store), unrestricted_(caller.unrestricted), scope_text_(caller.scopes) {
  if (unrestricted_) return;
  find_groups(caller.principal);
  auto scopes = parse_scopes(scope_text_);
  CONFMAN_ASSERT(scopes, "The scopes of an API key can't be read.");
  scopes_ = std::move(*scopes);
}

Rights::Rights(const StateStore& store, std::string_view principal) : store_(store) {
  find_groups(principal);
}

void Rights::find_groups(std::string_view principal) {
  principals_.emplace_back(principal);
  const Bytes prefix = keys::of_member_group(principal, {});
  store_.scan(Table::MemberGroup, prefix, keys::end_of_prefix(prefix), [&](ByteView key, ByteView) {
    work_ += {1, 0};
    const auto member = keys::parse_member_group(key);
    CONFMAN_ASSERT(member, "A row of MemberGroup has a key that does not parse.");
    principals_.push_back("group:" + std::string(member->group));
    return principals_.size() <= kMaxGroupsOfMember;
  });
}

std::optional<Bytes> Rights::look_up(Table table, const Bytes& key) {
  work_ += {1, 0};
  return store_.get(table, key);
}

PermissionSet Rights::permissions_of(std::string_view role) {
  if (const FixedRole* fixed = fixed_role(role)) return fixed->permissions;
  const auto bytes = look_up(Table::Role, keys::of_role(role));
  CONFMAN_ASSERT(bytes, "An assignment names a role that there isn't.");
  return PermissionSet::of_bits(must_decode(decode_role_row(*bytes)).permissions);
}

// visit(path, principal, role, what it allows here), from the namespace up to "/", until it says
// false.
template <class Visit>
void Rights::walk(std::string_view path, Visit&& visit) {
  PermissionSet inherited = PermissionSet::all();  // what counts at this level
  for (std::string_view level = path; !level.empty(); level = parent_of(level)) {
    PermissionSet counts = inherited;
    if (level == kRoot) counts |= kOfRoot;
    if (counts.empty()) continue;
    const AccessLevel here = access_level(store_, level, work_);
    for (const std::string& principal : principals_) {
      if (here.assignments == 0) break;
      const auto bytes = look_up(Table::Assignment, keys::of_assignment(level, principal));
      if (!bytes) continue;
      const AssignmentRow row = must_decode(decode_assignment_row(*bytes));
      for (const std::string_view role : split_list(row.roles)) {
        PermissionSet allowed = permissions_of(role);
        allowed &= counts;
        if (!visit(level, principal, role, allowed)) return;
      }
    }
    if (level == kRoot) return;
    if (here.no_inherit) inherited &= here.deleted ? kThroughDeleted : PermissionSet{};
  }
}

PermissionSet Rights::scope_at(std::string_view path) const {
  if (scope_text_.empty()) return PermissionSet::all();
  PermissionSet set;
  for (const KeyScope& scope : scopes_) {
    if (is_within(path, scope.path)) set |= scope.permissions;
  }
  return set;
}

bool Rights::may(Permission permission, std::string_view path) {
  if (unrestricted_) return true;
  return scope_at(path).has(permission) && why(permission, path).has_value();
}

PermissionSet Rights::at(std::string_view path) {
  if (unrestricted_) return PermissionSet::all();
  PermissionSet set;
  walk(path, [&set](auto, const auto&, auto, PermissionSet allowed) {
    set |= allowed;
    return true;
  });
  set &= scope_at(path);
  return set;
}

std::optional<Grant> Rights::why(Permission permission, std::string_view path) {
  std::optional<Grant> grant;
  walk(path, [&](std::string_view level, const std::string& principal, std::string_view role,
                 PermissionSet allowed) {
    if (allowed.has(permission)) grant = {std::string(level), principal, std::string(role)};
    return !grant;
  });
  return grant;
}

Work Rights::take_work() {
  return std::exchange(work_, {});
}

bool Sight::sees(std::string_view path) {
  if (rights_.unrestricted()) return true;
  if (path_ != path) {
    path_ = path;
    seen_ = rights_.may(Permission::Read, path);
  }
  return seen_;
}

}  // namespace confman::domain
