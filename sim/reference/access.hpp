#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/access/api_key.hpp"
#include "domain/access/assignment.hpp"
#include "domain/access/group.hpp"
#include "domain/access/permission.hpp"
#include "domain/access/rights.hpp"
#include "domain/access/role.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/model/refusal.hpp"

// Who may do what, written a second time: as of any index of the log, and with nothing of
// domain::Rights.
namespace confman::sim {

// What there was under a key, and from which index on; nothing: it was removed.
template <class Key, class Row>
class Chronicle {
 public:
  using Rows = std::vector<std::pair<std::uint64_t, std::optional<Row>>>;

  void set(std::uint64_t index, const Key& key, std::optional<Row> row) {
    all_[key].emplace_back(index, std::move(row));
  }
  const Row* at(const Key& key, std::uint64_t index) const {
    const auto found = all_.find(key);
    return found == all_.end() ? nullptr : in(found->second, index);
  }
  // visit(key, row) of what is there, in the order of the keys.
  template <class Visit>
  void for_each(std::uint64_t index, Visit&& visit) const {
    for (const auto& [key, rows] : all_) {
      if (const Row* row = in(rows, index)) visit(key, *row);
    }
  }
  std::size_t count(std::uint64_t index) const {
    std::size_t number = 0;
    for_each(index, [&number](const Key&, const Row&) { ++number; });
    return number;
  }

 private:
  static const Row* in(const Rows& rows, std::uint64_t index) {
    for (auto it = rows.rbegin(); it != rows.rend(); ++it) {
      if (it->first <= index) return it->second ? &*it->second : nullptr;
    }
    return nullptr;
  }
  std::map<Key, Rows> all_;
};

// Who asks.
struct Asker {
  domain::Actor actor;
  std::string principal;  // empty without a key
  std::string key_id;
  std::string scopes;
  bool everything = false;  // may do all

  bool owns(const std::string& other) const { return other == principal; }
};

// Permissions are bits, as in PermissionSet.
class Access {
 public:
  using Pair = std::pair<std::string, std::string>;

  Chronicle<std::string, domain::ApiKeyRow> keys;      // by id
  Chronicle<std::string, domain::RoleRow> roles;       // but the fixed ones
  Chronicle<Pair, domain::AssignmentRow> assignments;  // path and principal
  Chronicle<Pair, domain::GroupMemberRow> members;     // group and member
  // Namespaces that don't inherit, and whether they are there; not: deleted as such.
  Chronicle<std::string, bool> not_inheriting;
  std::uint64_t closed_at = UINT64_MAX;

  static constexpr std::uint64_t bit(domain::Permission permission) {
    return std::uint64_t{1} << static_cast<unsigned>(permission);
  }
  static constexpr std::uint64_t kAll =
      (std::uint64_t{1} << (static_cast<unsigned>(domain::Permission::ReadSecrets) + 1)) - 1;

  // Who that is as of an index, at that time.
  std::expected<Asker, domain::Refusal> who(const domain::Credentials& from, std::uint64_t index,
                                            std::int64_t now_ms) const;
  // What they may there.
  std::uint64_t bits(const Asker& asker, const std::string& path, std::uint64_t index) const;
  std::uint64_t bits_of(const std::string& principal, const std::string& path,
                        std::uint64_t index) const;
  bool may(const Asker& asker, domain::Permission permission, const std::string& path,
           std::uint64_t index) const {
    return (bits(asker, path, index) & bit(permission)) != 0;
  }
  // What they may give away there: what they may, and what they may in "/" if they manage access
  // there.
  std::uint64_t grantable(const Asker& asker, const std::string& path, std::uint64_t index) const {
    const std::uint64_t root = bits(asker, "/", index);
    const bool manages = (root & bit(domain::Permission::ManageAccess)) != 0;
    return bits(asker, path, index) | (manages ? root : 0);
  }
  // All that there is at that feature level.
  bool administers(const Asker& asker, std::uint64_t index, std::uint64_t feature_level) const {
    const std::uint64_t later = feature_level < kSecrets
                                    ? domain::PermissionSet{domain::Permission::ReadSecrets}.bits()
                                    : 0;
    return (bits(asker, "/", index) | later) == kAll;
  }
  // Whether that assignment gives somebody the permission there.
  bool grants(const domain::Grant& grant, const std::string& principal,
              domain::Permission permission, const std::string& path, std::uint64_t index) const;
  // Nothing if there is no such role.
  std::optional<std::uint64_t> bits_of_role(const std::string& role, std::uint64_t index) const;
  // Users and services that have the role admin in "/".
  std::set<std::string> administrators(std::uint64_t index) const;

 private:
  std::set<std::string> names_of(const std::string& principal, std::uint64_t index) const;
  std::uint64_t assigned(const std::set<std::string>& names, const std::string& path,
                         std::uint64_t index) const;
};

// What the scopes of a key leave at a path.
std::uint64_t scoped(const std::string& scopes, const std::string& path);
// The text between commas.
std::vector<std::string> words_of(const std::string& list);
// "/a/b": "/", "/a", "/a/b".
std::vector<std::string> levels_of(const std::string& path);

}  // namespace confman::sim
