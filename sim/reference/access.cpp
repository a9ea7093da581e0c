#include "sim/reference/access.hpp"

#include <algorithm>
#include <sstream>

namespace confman::sim {

using domain::Permission;
using domain::Refusal;

namespace {

constexpr std::uint64_t bits_of_fixed(std::string_view role) {
  if (role == "viewer") return 0b1;
  if (role == "editor") return 0b11;
  if (role == "publisher") return 0b11111;
  if (role == "admin") return Access::kAll;
  return 0;
}

bool is_at_or_below(const std::string& path, const std::string& top) {
  const std::vector<std::string> levels = levels_of(path);
  return std::ranges::find(levels, top) != levels.end();
}

}  // namespace

std::uint64_t scoped(const std::string& scopes, const std::string& path) {
  if (scopes.empty()) return Access::kAll;
  std::uint64_t bits = 0;
  std::istringstream lines(scopes);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    if (!is_at_or_below(path, line.substr(blank + 1))) continue;
    for (const std::string& name : words_of(line.substr(0, blank))) {
      if (const auto permission = domain::permission_named(name)) bits |= Access::bit(*permission);
    }
  }
  return bits;
}

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  std::istringstream text(list);
  for (std::string word; std::getline(text, word, ',');) words.push_back(word);
  return words;
}

std::vector<std::string> levels_of(const std::string& path) {
  std::vector<std::string> levels = {"/"};
  for (std::size_t at = 1; at < path.size();) {
    at = std::min(path.find('/', at), path.size());
    levels.push_back(path.substr(0, at));
    ++at;
  }
  return levels;
}

std::expected<Asker, Refusal> Access::who(const domain::Credentials& from, std::uint64_t index,
                                          std::int64_t now_ms) const {
  Asker asker;
  asker.actor = from.actor;
  if (!from.key) {
    const bool system = from.actor.type == domain::ActorType::System;
    asker.everything = system || index < closed_at;
    if (!asker.everything) return std::unexpected(Refusal::CredentialsRequired);
    return asker;
  }
  asker.key_id = domain::api_key_id(*from.key);
  const domain::ApiKeyRow* row = keys.at(asker.key_id, index);
  if (row == nullptr || row->digest != *from.key) return std::unexpected(Refusal::ApiKeyUnknown);
  if (row->revoked_at != HlcStamp{}) return std::unexpected(Refusal::ApiKeyRevoked);
  if (row->expires_ms != 0 && now_ms >= row->expires_ms) {
    return std::unexpected(Refusal::ApiKeyExpired);
  }
  const std::size_t colon = row->owner.find(':');
  asker.actor.type =
      row->owner.substr(0, colon) == "user" ? domain::ActorType::User : domain::ActorType::Service;
  asker.actor.id = row->owner.substr(colon + 1);
  asker.principal = row->owner;
  asker.scopes = row->scopes;
  return asker;
}

std::set<std::string> Access::names_of(const std::string& principal, std::uint64_t index) const {
  std::set<std::string> names = {principal};
  members.for_each(index, [&](const Pair& name, const domain::GroupMemberRow&) {
    if (name.second == principal) names.insert("group:" + name.first);
  });
  return names;
}

std::optional<std::uint64_t> Access::bits_of_role(const std::string& role,
                                                  std::uint64_t index) const {
  if (const std::uint64_t fixed = bits_of_fixed(role); fixed != 0) return fixed;
  const domain::RoleRow* row = roles.at(role, index);
  return row != nullptr ? std::optional(row->permissions) : std::nullopt;
}

std::uint64_t Access::assigned(const std::set<std::string>& names, const std::string& path,
                               std::uint64_t index) const {
  std::uint64_t bits = 0;
  for (const std::string& name : names) {
    const domain::AssignmentRow* row = assignments.at({path, name}, index);
    if (row == nullptr) continue;
    for (const std::string& role : words_of(row->roles)) {
      bits |= bits_of_role(role, index).value_or(0);
    }
  }
  return bits;
}

// From the top down: what a namespace doesn't inherit is gone from there on, but for the right to
// manage access of who has it in "/", and to manage namespaces where it was deleted.
std::uint64_t Access::bits_of(const std::string& principal, const std::string& path,
                              std::uint64_t index) const {
  const std::set<std::string> names = names_of(principal, index);
  std::uint64_t bits = 0;
  std::uint64_t kept = 0;
  for (const std::string& level : levels_of(path)) {
    const bool* there = level == "/" ? nullptr : not_inheriting.at(level, index);
    if (there != nullptr) bits = kept | (*there ? 0 : bits & bit(Permission::ManageNamespaces));
    bits |= assigned(names, level, index);
    if (level == "/") kept = bits & bit(Permission::ManageAccess);
  }
  return bits;
}

std::uint64_t Access::bits(const Asker& asker, const std::string& path, std::uint64_t index) const {
  if (asker.everything) return kAll;
  return bits_of(asker.principal, path, index) & scoped(asker.scopes, path);
}

bool Access::grants(const domain::Grant& grant, const std::string& principal, Permission permission,
                    const std::string& path, std::uint64_t index) const {
  if (!is_at_or_below(path, grant.path)) return false;
  if (!names_of(principal, index).contains(grant.principal)) return false;
  const domain::AssignmentRow* row = assignments.at({grant.path, grant.principal}, index);
  if (row == nullptr) return false;
  const std::vector<std::string> roles_there = words_of(row->roles);
  if (std::ranges::find(roles_there, grant.role) == roles_there.end()) return false;
  if ((bits_of_role(grant.role, index).value_or(0) & bit(permission)) == 0) return false;
  if (grant.path == "/" && permission == Permission::ManageAccess) return true;
  return std::ranges::none_of(levels_of(path), [&](const std::string& level) {
    if (level == grant.path || !is_at_or_below(level, grant.path)) return false;
    const bool* there = not_inheriting.at(level, index);
    return there != nullptr && (*there || permission != Permission::ManageNamespaces);
  });
}

std::set<std::string> Access::administrators(std::uint64_t index) const {
  std::set<std::string> found;
  assignments.for_each(index, [&](const Pair& name, const domain::AssignmentRow& row) {
    const std::vector<std::string> roles_there = words_of(row.roles);
    const bool admin = std::ranges::find(roles_there, "admin") != roles_there.end();
    if (name.first == "/" && admin && !name.second.starts_with("group:")) {
      found.insert(name.second);
    }
  });
  return found;
}

}  // namespace confman::sim
