#include "sim/workload/operations/access.hpp"

#include <array>

#include "domain/access/group.hpp"
#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {
namespace {

template <std::int64_t times>
std::int64_t weight(const DerivedConfig& c) {
  return c.access_weight * times;
}

std::int64_t mint_weight(const DerivedConfig& c) {
  return c.mint_weight;
}

constexpr std::uint64_t kRoles = 3;
// But for what there is nothing of here.
constexpr std::uint64_t kPermissionBits =
    domain::PermissionSet::all().bits() &
    ~domain::PermissionSet{domain::Permission::ReadSecrets}.bits();

std::uint64_t draw_client(Drawing& with) {
  return 1 + with.prng.below(static_cast<std::uint64_t>(with.config.clients));
}

// Also one of the bootstrap key's owner, and of groups.
std::uint64_t draw_principal(Drawing& with) {
  if (with.prng.chance(1, 6)) return 0;
  if (with.prng.chance(1, 4)) return kFirstGroup + with.prng.below(kGroups);
  return draw_client(with);
}

// Versions of roles and assignments aren't remembered: one that was seen is some log index.
void draw_condition(Drawing& with, Precondition& condition) {
  using enum Precondition::Kind;
  if (with.prng.chance(3, 4)) return;
  condition.kind = with.prng.one_of({IfVersion, IfAbsent, IfExists});
  if (condition.kind != IfVersion) return;
  condition.version = with.memory.newest.index;
  if (condition.version == 0) condition.kind = None;
}

}  // namespace

// --- keys

void CreateKeyOp::draw(Drawing& with, ClientOp& op) {
  CreateKeyOp create;
  create.draw_write(with, true);
  op.key = with.prng.chance(1, 2) ? op.client : draw_client(with);
  // Now and then for the bootstrap key's owner, which is refused. By nothing that is drawn, so that
  // what is drawn behind it stays the same.
  if (create.value % 16 == 0) op.key = 0;
  if (with.prng.chance(1, 3)) create.scopes = with.prng.below(kScopeTexts);
  if (with.prng.chance(1, 3)) {
    create.lifetime_ms = with.prng.one_of<std::int64_t>({1, 500, 3000, 600'000});
  }
  op.body = create;
}

std::span<const Draw> CreateKeyOp::draws() {
  static constexpr std::array kDraws = {Draw{weight<4>, draw}};
  return kDraws;
}

std::uint64_t CreateKeyOp::key_number() const {
  return kFirstKey + value;
}

std::string CreateKeyOp::about(const ClientOp& op) const {
  return principal_name(op.key);
}

AskedOperation CreateKeyOp::asked(const ClientOp& op) const {
  return write_of(op, domain::CreateApiKey{.digest = digest_of_key(key_number()),
                                           .owner = principal_name(op.key),
                                           .description = description_of(value),
                                           .scopes = scope_text(scopes),
                                           .lifetime_ms = lifetime_ms});
}

void RevokeKeyOp::draw(Drawing& with, ClientOp& op) {
  RevokeKeyOp revoke;
  revoke.draw_write(with, false);
  revoke.number = with.serial.keys.draw_any(with.prng);
  op.body = revoke;
}

std::span<const Draw> RevokeKeyOp::draws() {
  static constexpr std::array kDraws = {Draw{weight<1>, draw}};
  return kDraws;
}

std::string RevokeKeyOp::about(const ClientOp& /*op*/) const {
  return id_of_key(number);
}

AskedOperation RevokeKeyOp::asked(const ClientOp& op) const {
  return write_of(op, domain::RevokeApiKey{id_of_key(number)});
}

void MintKeyOp::draw(Drawing& with, ClientOp& op) {
  MintKeyOp mint;
  mint.draw_write(with, true);
  mint.only_if_open = with.prng.chance(1, 2);
  if (!with.prng.chance(1, 10)) op.api_key = kAsSystem;
  op.body = mint;
}

std::span<const Draw> MintKeyOp::draws() {
  static constexpr std::array kDraws = {Draw{mint_weight, draw}};
  return kDraws;
}

std::uint64_t MintKeyOp::key_number() const {
  return kFirstKey + value;
}

std::string MintKeyOp::about(const ClientOp& /*op*/) const {
  return principal_name(0);
}

AskedOperation MintKeyOp::asked(const ClientOp& op) const {
  return write_of(op, domain::MintBootstrapKey{.digest = digest_of_key(key_number()),
                                               .only_if_open = only_if_open});
}

// --- roles

void PutRoleOp::draw(Drawing& with, ClientOp& op) {
  op.key = 1 + with.prng.below(kRoles);
  if (with.prng.chance(1, 4)) {
    DeleteRoleOp deletion;
    deletion.draw_write(with, false);
    draw_condition(with, deletion.precondition);
    op.body = deletion;
    return;
  }
  PutRoleOp put;
  put.draw_write(with, true);
  draw_condition(with, put.precondition);
  put.permissions = with.prng.below(kPermissionBits + 1);
  op.body = put;
}

std::span<const Draw> PutRoleOp::draws() {
  static constexpr std::array kDraws = {Draw{weight<2>, draw}};
  return kDraws;
}

bool PutRoleOp::is_valid() const {
  return permissions != 0 && permissions <= kPermissionBits;
}

std::string PutRoleOp::about(const ClientOp& op) const {
  return role_name(op.key);
}

AskedOperation PutRoleOp::asked(const ClientOp& op) const {
  return write_of(op, domain::PutRole{.name = role_name(op.key),
                                      .permissions = permissions,
                                      .description = description_of(value),
                                      .precondition = condition()});
}

void PutRoleOp::learn(ClientMemory& memory, const ClientOp& op,
                      const node::Response& response) const {
  WriteOp::learn(memory, op, response);
}

std::string DeleteRoleOp::about(const ClientOp& op) const {
  return role_name(op.key);
}

AskedOperation DeleteRoleOp::asked(const ClientOp& op) const {
  return write_of(op, domain::DeleteRole{.name = role_name(op.key), .precondition = condition()});
}

// --- assignments

void AssignOp::draw(Drawing& with, ClientOp& op) {
  op.key = draw_principal(with);
  // What was agreed to holds only as long as who did may.
  if (const auto& agreed = with.serial.requests.agreed(); agreed && with.prng.chance(1, 3)) {
    op.key = with.serial.keys.owner_of(agreed->api_key).value_or(op.key);
  }
  // Also in namespaces without entries, which are deleted with what is assigned there.
  if (with.prng.chance(1, 3)) {
    op.name_space = with.prng.below(static_cast<std::uint64_t>(with.config.namespaces) + 2);
  }
  if (with.prng.chance(1, 4)) {
    UnassignOp removal;
    removal.draw_write(with, false);
    draw_condition(with, removal.precondition);
    op.body = removal;
    return;
  }
  AssignOp assign;
  assign.draw_write(with, true);
  draw_condition(with, assign.precondition);
  assign.roles = with.prng.below(kRoleSets);
  op.body = assign;
}

std::span<const Draw> AssignOp::draws() {
  static constexpr std::array kDraws = {Draw{weight<5>, draw}};
  return kDraws;
}

std::string AssignOp::about(const ClientOp& op) const {
  return principal_name(op.key) + " in " + namespace_path(op.name_space);
}

AskedOperation AssignOp::asked(const ClientOp& op) const {
  return write_of(op, domain::PutAssignment{.path = namespace_path(op.name_space),
                                            .principal = principal_name(op.key),
                                            .roles = role_set(roles),
                                            .precondition = condition()});
}

std::string UnassignOp::about(const ClientOp& op) const {
  return principal_name(op.key) + " in " + namespace_path(op.name_space);
}

AskedOperation UnassignOp::asked(const ClientOp& op) const {
  return write_of(op, domain::DeleteAssignment{.path = namespace_path(op.name_space),
                                               .principal = principal_name(op.key),
                                               .precondition = condition()});
}

// --- groups

namespace {

std::string membership(const ClientOp& op, std::uint64_t group) {
  return domain::join_membership(group_name(group), principal_name(op.key));
}

}  // namespace

void AddToGroupOp::draw(Drawing& with, ClientOp& op) {
  op.key = draw_client(with);
  const std::uint64_t group = with.prng.below(kGroups);
  if (with.prng.chance(1, 3)) {
    RemoveFromGroupOp removal;
    removal.draw_write(with, false);
    removal.group = group;
    op.body = removal;
    return;
  }
  AddToGroupOp add;
  add.draw_write(with, false);
  add.group = group;
  op.body = add;
}

std::span<const Draw> AddToGroupOp::draws() {
  static constexpr std::array kDraws = {Draw{weight<2>, draw}};
  return kDraws;
}

std::string AddToGroupOp::about(const ClientOp& op) const {
  return membership(op, group);
}

AskedOperation AddToGroupOp::asked(const ClientOp& op) const {
  return write_of(op, domain::AddGroupMember{membership(op, group)});
}

std::string RemoveFromGroupOp::about(const ClientOp& op) const {
  return membership(op, group);
}

AskedOperation RemoveFromGroupOp::asked(const ClientOp& op) const {
  return write_of(op, domain::RemoveGroupMember{membership(op, group)});
}

// --- inheritance

void InheritOp::draw(Drawing& with, ClientOp& op) {
  if (!with.prng.chance(1, 8)) {
    op.name_space = 1 + with.prng.below(static_cast<std::uint64_t>(with.config.namespaces) + 1);
  }
  InheritOp put;
  put.draw_write(with, true);
  put.inherits = with.prng.chance(2, 5);
  op.body = put;
}

std::span<const Draw> InheritOp::draws() {
  static constexpr std::array kDraws = {Draw{weight<2>, draw}};
  return kDraws;
}

std::string InheritOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation InheritOp::asked(const ClientOp& op) const {
  const domain::Inherit inherit = inherits ? domain::Inherit::Yes : domain::Inherit::No;
  return write_of(op, domain::PutNamespace{.path = namespace_path(op.name_space),
                                           .description = value_bytes(value),
                                           .owner = numbered("owner", value % 3),
                                           .labels = labels_of(value),
                                           .precondition = condition(),
                                           .inherit = static_cast<std::uint64_t>(inherit)});
}

void InheritOp::learn(ClientMemory& memory, const ClientOp& op,
                      const node::Response& response) const {
  WriteOp::learn(memory, op, response);
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done != nullptr) memory.versions[{op.name_space, 0}] = done->reply.version;
}

// --- questions

void AskAccessOp::draw(Drawing& with, ClientOp& op) {
  AskAccessOp ask;
  ask.stale = with.prng.chance(1, 3);
  ask.question = with.prng.below(kQuestions);
  ask.limit = with.prng.one_of<std::int64_t>({1, 2, 5, 100});
  if (with.prng.chance(1, 3)) ask.after = 1 + draw_principal(with);
  op.key = ask.question == kGetRole || ask.question == kListRoles ? with.prng.below(kRoles + 1)
                                                                  : draw_principal(with);
  switch (ask.question) {
    case kGetKey:
      ask.subject = with.serial.keys.draw_any(with.prng);
      break;
    case kListKeys:
      ask.subject = with.prng.chance(1, 2) ? 0 : 1 + draw_client(with);
      if (ask.after != 0) ask.after = with.serial.keys.draw_any(with.prng);
      break;
    case kCheck:
    case kMayDo:
      ask.subject = with.prng.below(domain::kPermissions.size() + 1);
      break;
    default:
      break;
  }
  op.body = ask;
}

std::span<const Draw> AskAccessOp::draws() {
  static constexpr std::array kDraws = {Draw{weight<6>, draw}};
  return kDraws;
}

std::string AskAccessOp::about(const ClientOp& op) const {
  static constexpr std::array<std::string_view, kQuestions> kNames = {
      "key", "role", "assignment", "keys", "roles", "assignments", "groups", "rights", "right"};
  return std::string(kNames.at(question % kQuestions)) + " in " + namespace_path(op.name_space);
}

AskedOperation AskAccessOp::asked(const ClientOp& op) const {
  const std::string path = namespace_path(op.name_space);
  const auto rows = static_cast<std::size_t>(limit);
  const auto permission = static_cast<domain::Permission>(subject - 1);
  switch (question % kQuestions) {
    case kGetKey:
      return read_of(op, node::GetApiKey{id_of_key(subject)});
    case kGetRole:
      return read_of(op, node::GetRole{op.key == 0 ? "editor" : role_name(op.key)});
    case kGetAssignment:
      return read_of(op, node::GetAssignment{path, principal_name(op.key)});
    case kListKeys: {
      domain::ListApiKeys list;
      if (subject != 0) list.owner = principal_name(subject - 1);
      if (after != 0) list.after = id_of_key(after);
      list.limit = rows;
      return read_of(op, std::move(list));
    }
    case kListRoles: {
      domain::ListRoles list;
      if (after != 0) list.after = op.key == 0 ? "editor" : role_name(op.key);
      list.limit = rows;
      return read_of(op, std::move(list));
    }
    case kListAssignments: {
      domain::ListAssignments list;
      list.path = path;
      if (after != 0) list.after = principal_name(after - 1);
      list.limit = rows;
      return read_of(op, std::move(list));
    }
    case kListGroups: {
      domain::ListGroupMembers list;
      if (op.key % 2 == 1) list.group = group_name(op.key % kGroups);
      if (after != 0) {
        list.after = std::pair(group_name(op.key % kGroups), principal_name(after - 1));
      }
      list.limit = rows;
      return read_of(op, std::move(list));
    }
    case kCheck: {
      domain::CheckAccess check;
      check.path = path;
      if (after == 0) check.principal = principal_name(op.key);
      if (subject != 0) check.permission = permission;
      return read_of(op, std::move(check));
    }
    default:
      return read_of(op, node::MayDo{subject == 0 ? domain::Permission::Read : permission, path});
  }
}

}  // namespace confman::sim
