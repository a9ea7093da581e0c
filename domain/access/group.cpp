#include "domain/access/group.hpp"

namespace confman::domain {

std::string join_membership(std::string_view group, std::string_view member) {
  return std::string(group).append("/").append(member);
}

std::optional<GroupAndMember> parse_membership(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const GroupAndMember found{text.substr(0, slash), text.substr(slash + 1)};
  if (!is_principal_name(found.group) || !actor_for(found.member)) return std::nullopt;
  return found;
}

}  // namespace confman::domain
