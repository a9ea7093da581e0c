#include <algorithm>

#include "domain/access/commands.hpp"
#include "sim/reference/change.hpp"
#include "sim/reference/state.hpp"

// What commands about access come to.
namespace confman::sim {

using domain::Action;
using domain::Permission;
using domain::Refusal;

namespace {

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Access::Pair split(const std::string& membership) {
  const std::size_t slash = membership.find('/');
  return {membership.substr(0, slash), membership.substr(slash + 1)};
}

bool has(const std::string& list, const std::string& word) {
  const std::vector<std::string> words = words_of(list);
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

// What a command needs, whatever else could be said about it. Those about access ask by themselves.
namespace {

// Quotas are set there.
std::string above(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::optional<Refusal> ReferenceState::lacks(const domain::CommandBody& body) const {
  std::optional<std::pair<Permission, std::string>> need;
  if (const auto* put = std::get_if<domain::PutEntry>(&body)) {
    need = {Permission::Publish, put->path};
  } else if (const auto* erase = std::get_if<domain::DeleteEntry>(&body)) {
    need = {Permission::Publish, erase->path};
  } else if (const auto* back = std::get_if<domain::RollbackEntry>(&body)) {
    need = {Permission::Rollback, back->path};
  } else if (const auto* create = std::get_if<domain::PutNamespace>(&body)) {
    need = {Permission::ManageNamespaces, create->path};
  } else if (const auto* remove = std::get_if<domain::DeleteNamespace>(&body)) {
    need = {Permission::ManageNamespaces, remove->path};
  } else if (const auto* policy = std::get_if<domain::PutPolicy>(&body)) {
    need = {Permission::ManagePolicy, policy->path};
  } else if (const auto* relax = std::get_if<domain::DeletePolicy>(&body)) {
    need = {Permission::ManagePolicy, relax->path};
  } else if (const auto* all = std::get_if<domain::RollbackNamespace>(&body)) {
    need = {Permission::Rollback, all->path};
  } else if (const auto* keep = std::get_if<domain::PutRetention>(&body)) {
    need = {Permission::ManagePolicy, keep->path};
  } else if (const auto* all_stay = std::get_if<domain::DeleteRetention>(&body)) {
    need = {Permission::ManagePolicy, all_stay->path};
  } else if (const auto* limit = std::get_if<domain::PutQuota>(&body)) {
    need = {Permission::ManageNamespaces, above(limit->path)};
  } else if (const auto* unlimit = std::get_if<domain::DeleteQuota>(&body)) {
    need = {Permission::ManageNamespaces, above(unlimit->path)};
  } else if (const auto* destroy = std::get_if<domain::DestroyVersion>(&body)) {
    need = {Permission::ManageNamespaces, destroy->path};
  } else if (std::holds_alternative<domain::CreateRestorePoint>(body) ||
             std::holds_alternative<domain::DeleteRestorePoint>(body)) {
    need = {Permission::ManageCluster, "/"};
  }
  if (!need || may(need->first, need->second)) return std::nullopt;
  return Refusal::Forbidden;
}

bool ReferenceState::may(Permission permission, const std::string& path) const {
  return access_.may(asker_, permission, path, at_.index);
}

void ReferenceState::access_changes() {
  access_changed_ = at_.index;
}

// --- keys

std::optional<Refusal> ReferenceState::no_such_room(const Sha256Digest& digest) const {
  const bool taken = access_.keys.at(domain::api_key_id(digest), at_.index) != nullptr;
  return taken ? std::optional(Refusal::ApiKeyExists) : std::nullopt;
}

ReferenceState::Change ReferenceState::decide(const domain::CreateApiKey& create) const {
  Change change{.action = Action::ApiKeyCreated, .after = at_.index};
  const bool scoped = !asker_.scopes.empty();
  const bool own = create.owner == asker_.principal && !scoped;
  if (create.owner == "service:bootstrap" && feature_level_ >= kBootstrapReserved) {
    change.refusal = Refusal::Forbidden;
  } else if (scoped && feature_level_ >= kWholeRights) {
    change.refusal = Refusal::Forbidden;
  } else if (!own && !access_.administers(asker_, at_.index, feature_level_)) {
    change.refusal = Refusal::Forbidden;
  } else {
    change.refusal = no_such_room(create.digest);
  }
  return change;
}

void ReferenceState::add_key(domain::ApiKeyRow row) {
  row.created_at = stamp_;
  row.revision = at_;
  row.author = actor_;
  const std::string id = domain::api_key_id(row.digest);
  access_.keys.set(at_.index, id, std::move(row));
}

void ReferenceState::make(const domain::CreateApiKey& create, const Change& /*change*/) {
  domain::ApiKeyRow row;
  row.digest = create.digest;
  row.owner = create.owner;
  row.description = create.description;
  row.scopes = create.scopes;
  if (create.lifetime_ms != 0) row.expires_ms = stamp_.wall_ms + create.lifetime_ms;
  add_key(std::move(row));
}

ReferenceState::Change ReferenceState::decide(const domain::RevokeApiKey& revoke) const {
  Change change{.action = Action::ApiKeyRevoked};
  const domain::ApiKeyRow* row = access_.keys.at(revoke.id, at_.index);
  const bool whole =
      feature_level_ < kWholeRights || asker_.scopes.empty() || asker_.key_id == revoke.id;
  const bool own = row != nullptr && asker_.owns(row->owner) && whole;
  if (!own && !may(Permission::ManageAccess, "/")) {
    change.refusal = Refusal::Forbidden;
  } else if (row == nullptr) {
    change.refusal = Refusal::ApiKeyNotFound;
  } else {
    change.before = row->revision.index;
    change.after = row->revoked_at == HlcStamp{} ? at_.index : row->revision.index;
  }
  return change;
}

void ReferenceState::make(const domain::RevokeApiKey& revoke, const Change& /*change*/) {
  domain::ApiKeyRow row = *access_.keys.at(revoke.id, at_.index);
  if (row.revoked_at != HlcStamp{}) return;
  row.revoked_at = stamp_;
  row.revision = at_;
  access_.keys.set(at_.index, revoke.id, std::move(row));
  access_changes();
}

ReferenceState::Change ReferenceState::decide(const domain::MintBootstrapKey& mint) const {
  Change change{.action = Action::ApiKeyCreated, .after = at_.index};
  if (actor_.type != domain::ActorType::System) {
    change.refusal = Refusal::Forbidden;
  } else if (mint.only_if_open && access_.closed_at <= at_.index) {
    change.refusal = Refusal::AlreadyBootstrapped;
  } else {
    change.refusal = no_such_room(mint.digest);
  }
  return change;
}

void ReferenceState::make(const domain::MintBootstrapKey& mint, const Change& /*change*/) {
  const std::string owner = "service:bootstrap";
  domain::ApiKeyRow row;
  row.digest = mint.digest;
  row.owner = owner;
  add_key(std::move(row));
  const domain::AssignmentRow* before = access_.assignments.at({"/", owner}, at_.index);
  std::set<std::string> roles;
  for (const std::string& role : words_of(before != nullptr ? before->roles : "")) {
    roles.insert(role);
  }
  if (roles.insert("admin").second) assign("/", owner, joined(roles));
  access_.closed_at = std::min(access_.closed_at, at_.index);
  access_changes();
}

// A key's last use, to the hour.
void ReferenceState::note_use() {
  if (asker_.key_id.empty()) return;
  domain::ApiKeyRow row = *access_.keys.at(asker_.key_id, at_.index);
  constexpr std::int64_t kHourMs = 3'600'000;
  if (row.last_used_ms != 0 && stamp_.wall_ms - row.last_used_ms < kHourMs) return;
  row.last_used_ms = stamp_.wall_ms;
  access_.keys.set(at_.index, asker_.key_id, std::move(row));
}

// --- roles

// Who has the role gets what it gains.
ReferenceState::Change ReferenceState::decide(const domain::PutRole& put) const {
  Change change{.action = Action::RolePut};
  const std::uint64_t own = access_.bits(asker_, "/", at_.index);
  if (!may(Permission::ManageAccess, "/")) {
    change.refusal = Refusal::Forbidden;
    return change;
  }
  const domain::RoleRow* row = access_.roles.at(put.name, at_.index);
  if (row != nullptr) change.before = row->revision.index;
  change.refusal = broken_by(put.precondition, change.before, Refusal::RoleExists);
  const std::uint64_t before =
      row != nullptr && feature_level_ >= kRolesHeld ? row->permissions : 0;
  const std::uint64_t both = put.permissions | before;
  if (!change.refusal && (both & ~own) != 0) change.refusal = Refusal::GrantExceedsOwn;
  if (!change.refusal) change.after = at_.index;
  return change;
}

void ReferenceState::make(const domain::PutRole& put, const Change& /*change*/) {
  const domain::RoleRow* before = access_.roles.at(put.name, at_.index);
  domain::RoleRow row;
  row.permissions = put.permissions;
  row.description = put.description;
  row.uses = before != nullptr ? before->uses : 0;
  row.revision = at_;
  row.author = actor_;
  row.updated_at = stamp_;
  access_.roles.set(at_.index, put.name, std::move(row));
  access_changes();
}

ReferenceState::Change ReferenceState::decide(const domain::DeleteRole& erase) const {
  Change change{.action = Action::RoleDeleted};
  if (!may(Permission::ManageAccess, "/")) {
    change.refusal = Refusal::Forbidden;
    return change;
  }
  const domain::RoleRow* row = access_.roles.at(erase.name, at_.index);
  if (row != nullptr) change.before = row->revision.index;
  change.refusal = broken_by(erase.precondition, change.before, Refusal::RoleExists);
  if (!change.refusal && row == nullptr) change.refusal = Refusal::RoleNotFound;
  const std::uint64_t own = access_.bits(asker_, "/", at_.index);
  const bool above =
      feature_level_ >= kRolesHeld && !change.refusal && (row->permissions & ~own) != 0;
  if (above) change.refusal = Refusal::GrantExceedsOwn;
  if (!change.refusal && row->uses > 0) change.refusal = Refusal::RoleInUse;
  return change;
}

void ReferenceState::make(const domain::DeleteRole& erase, const Change& /*change*/) {
  access_.roles.set(at_.index, erase.name, std::nullopt);
  access_changes();
}

// --- assignments

bool ReferenceState::is_last_admin(const std::string& path, const std::string& principal) const {
  if (path != "/") return false;
  return access_.administrators(at_.index) == std::set<std::string>{principal};
}

ReferenceState::Change ReferenceState::decide(const domain::PutAssignment& put) const {
  Change change{.action = Action::RolesAssigned};
  if (!may(Permission::ManageAccess, put.path)) {
    change.refusal = Refusal::Forbidden;
    return change;
  }
  if (name_space(put.path, at_.index) == nullptr) {
    change.refusal = Refusal::NamespaceNotFound;
    return change;
  }
  const domain::AssignmentRow* row = access_.assignments.at({put.path, put.principal}, at_.index);
  if (row != nullptr) change.before = row->revision.index;
  change.refusal = broken_by(put.precondition, change.before, Refusal::AssignmentExists);
  const std::uint64_t own = access_.grantable(asker_, put.path, at_.index);
  for (const std::string& role : words_of(put.roles)) {
    if (change.refusal) break;
    const auto given = access_.bits_of_role(role, at_.index);
    const bool had = row != nullptr && has(row->roles, role);
    if (!given) change.refusal = Refusal::RoleNotFound;
    if (given && !had && (*given & ~own) != 0) change.refusal = Refusal::GrantExceedsOwn;
  }
  const bool loses_admin = !has(put.roles, "admin") && is_last_admin(put.path, put.principal);
  if (!change.refusal && loses_admin) change.refusal = Refusal::LastAdmin;
  if (!change.refusal) change.after = at_.index;
  return change;
}

void ReferenceState::count_uses(const std::string& roles, int step) {
  for (const std::string& role : words_of(roles)) {
    const domain::RoleRow* found = access_.roles.at(role, at_.index);
    if (found == nullptr) continue;
    domain::RoleRow row = *found;
    row.uses += static_cast<std::uint64_t>(step);
    access_.roles.set(at_.index, role, std::move(row));
  }
}

void ReferenceState::count_assignment(const std::string& path, int step) {
  domain::NamespaceRow row = *name_space(path, at_.index);
  row.assignments += static_cast<std::uint64_t>(step);
  set_namespace(path, std::move(row));
}

void ReferenceState::assign(const std::string& path, const std::string& principal,
                            const std::string& roles) {
  const domain::AssignmentRow* before = access_.assignments.at({path, principal}, at_.index);
  if (before != nullptr) {
    count_uses(before->roles, -1);
  } else {
    count_assignment(path, 1);
  }
  count_uses(roles, 1);
  access_.assignments.set(at_.index, {path, principal},
                          domain::AssignmentRow{roles, at_, actor_, stamp_});
  access_changes();
}

void ReferenceState::make(const domain::PutAssignment& put, const Change& /*change*/) {
  assign(put.path, put.principal, put.roles);
}

ReferenceState::Change ReferenceState::decide(const domain::DeleteAssignment& erase) const {
  Change change{.action = Action::RolesRemoved};
  if (!may(Permission::ManageAccess, erase.path)) {
    change.refusal = Refusal::Forbidden;
    return change;
  }
  const domain::AssignmentRow* row =
      access_.assignments.at({erase.path, erase.principal}, at_.index);
  if (row != nullptr) change.before = row->revision.index;
  change.refusal = broken_by(erase.precondition, change.before, Refusal::AssignmentExists);
  if (!change.refusal && row == nullptr) change.refusal = Refusal::AssignmentNotFound;
  if (!change.refusal && is_last_admin(erase.path, erase.principal)) {
    change.refusal = Refusal::LastAdmin;
  }
  return change;
}

void ReferenceState::make(const domain::DeleteAssignment& erase, const Change& /*change*/) {
  const Access::Pair name{erase.path, erase.principal};
  count_uses(access_.assignments.at(name, at_.index)->roles, -1);
  count_assignment(erase.path, -1);
  access_.assignments.set(at_.index, name, std::nullopt);
  access_changes();
}

// What a namespace that is deleted leaves.
void ReferenceState::forget_access_in(const std::string& path) {
  std::vector<Access::Pair> gone;
  access_.assignments.for_each(at_.index,
                               [&](const Access::Pair& name, const domain::AssignmentRow& row) {
                                 if (name.first != path) return;
                                 gone.push_back(name);
                                 count_uses(row.roles, -1);
                               });
  for (const Access::Pair& name : gone) access_.assignments.set(at_.index, name, std::nullopt);
  const bool closed = access_.not_inheriting.at(path, at_.index) != nullptr;
  const bool lasts = feature_level_ >= kLastingPrivacy;
  if (closed) {
    access_.not_inheriting.set(at_.index, path, lasts ? std::optional(false) : std::nullopt);
  }
  if (closed || !gone.empty()) access_changes();
}

void ReferenceState::set_inheriting(const std::string& path, bool inherits) {
  const bool* before = access_.not_inheriting.at(path, at_.index);
  if (inherits ? before == nullptr : before != nullptr && *before) return;
  access_.not_inheriting.set(at_.index, path, inherits ? std::nullopt : std::optional(true));
  access_changes();
}

// --- groups

ReferenceState::Change ReferenceState::decide(const domain::AddGroupMember& add) const {
  Change change{.action = Action::GroupMemberAdded, .after = at_.index};
  if (!access_.administers(asker_, at_.index, feature_level_)) {
    change.refusal = Refusal::Forbidden;
  } else if (access_.members.at(split(add.membership), at_.index) != nullptr) {
    change.refusal = Refusal::GroupMemberExists;
  }
  return change;
}

void ReferenceState::make(const domain::AddGroupMember& add, const Change& /*change*/) {
  access_.members.set(at_.index, split(add.membership),
                      domain::GroupMemberRow{at_, actor_, stamp_});
  access_changes();
}

ReferenceState::Change ReferenceState::decide(const domain::RemoveGroupMember& erase) const {
  Change change{.action = Action::GroupMemberRemoved};
  if (!access_.administers(asker_, at_.index, feature_level_)) {
    change.refusal = Refusal::Forbidden;
    return change;
  }
  const domain::GroupMemberRow* row = access_.members.at(split(erase.membership), at_.index);
  if (row == nullptr) {
    change.refusal = Refusal::GroupMemberNotFound;
  } else {
    change.before = row->revision.index;
  }
  return change;
}

void ReferenceState::make(const domain::RemoveGroupMember& erase, const Change& /*change*/) {
  access_.members.set(at_.index, split(erase.membership), std::nullopt);
  access_changes();
}

}  // namespace confman::sim
