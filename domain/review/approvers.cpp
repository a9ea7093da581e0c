#include "domain/review/approvers.hpp"

#include "domain/access/assignment.hpp"
#include "domain/access/group.hpp"
#include "domain/access/level.hpp"
#include "domain/access/permission.hpp"
#include "domain/access/role.hpp"
#include "domain/access/role_names.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/model/path.hpp"
#include "domain/review/rules.hpp"

namespace confman::domain {

Approvers::Approvers(const StateStore& store, bool closed,
                     const std::vector<std::string_view>& identities)
    : store_(store) {
  CONFMAN_ASSERT(identities.size() <= kMaxApprovalsOfRequest,
                 "More people than may approve a request are asked about.");
  Set one = 1;
  for (const std::string_view identity : identities) {
    if (identity == kAnonymous) {
      if (!closed) always_ |= one;
    } else {
      whose_[std::string(identity)] |= one;
      const Bytes prefix = keys::of_member_group(identity, {});
      store_.scan(Table::MemberGroup, prefix, keys::end_of_prefix(prefix),
                  [&](ByteView key, ByteView) {
                    work_ += {1, 0};
                    const auto member = keys::parse_member_group(key);
                    CONFMAN_ASSERT(member, "A row of MemberGroup has a key that does not parse.");
                    whose_["group:" + std::string(member->group)] |= one;
                    return true;
                  });
    }
    one <<= 1;
  }
}

Approvers::Set Approvers::in(std::string_view path) {
  // Up to a level that is known, or that what is above doesn't reach; and down again.
  std::vector<std::string_view> open;
  Set found = 0;
  for (std::string_view level = path; !level.empty(); level = parent_of(level)) {
    if (const auto known = levels_.find(level); known != levels_.end()) {
      found = known->second;
      break;
    }
    open.push_back(level);
  }
  for (auto level = open.rbegin(); level != open.rend(); ++level) {
    const AccessLevel here = access_level(store_, *level, work_);
    // To approve isn't the one right that reaches everywhere.
    if (here.no_inherit) found = 0;
    found |= assigned(*level, here.assignments);
    levels_.emplace(*level, found);
  }
  return found | always_;
}

Approvers::Set Approvers::assigned(std::string_view level, std::uint64_t assignments) {
  Set set = 0;
  if (assignments == 0) return set;
  if (assignments > whose_.size()) {
    for (const auto& [principal, whose] : whose_) {
      work_ += {1, 0};
      const auto bytes = store_.get(Table::Assignment, keys::of_assignment(level, principal));
      if (bytes) set |= approving(must_decode(decode_assignment_row(*bytes)).roles, whose);
    }
    return set;
  }
  const Bytes prefix = keys::of_assignment(level, {});
  store_.scan(Table::Assignment, prefix, keys::end_of_prefix(prefix),
              [&](ByteView key, ByteView value) {
                work_ += {1, 0};
                const auto name = keys::parse_assignment(key);
                CONFMAN_ASSERT(name, "A row of Assignment has a key that does not parse.");
                const auto whose = whose_.find(name->principal);
                if (whose != whose_.end()) {
                  set |= approving(must_decode(decode_assignment_row(value)).roles, whose->second);
                }
                return true;
              });
  return set;
}

Approvers::Set Approvers::approving(std::string_view roles, Set whose) {
  for (const std::string_view role : split_list(roles)) {
    if (approves(role)) return whose;
  }
  return 0;
}

bool Approvers::approves(std::string_view role) {
  if (const FixedRole* fixed = fixed_role(role)) {
    return fixed->permissions.has(Permission::Approve);
  }
  if (const auto known = roles_.find(role); known != roles_.end()) return known->second;
  work_ += {1, 0};
  const auto bytes = store_.get(Table::Role, keys::of_role(role));
  CONFMAN_ASSERT(bytes, "An assignment names a role that there isn't.");
  const auto set = PermissionSet::of_bits(must_decode(decode_role_row(*bytes)).permissions);
  return roles_.emplace(role, set.has(Permission::Approve)).first->second;
}

Approvers::Set Approvers::members_of(std::string_view group) const {
  const auto whose = whose_.find(group);
  return whose == whose_.end() ? 0 : whose->second;
}

}  // namespace confman::domain
