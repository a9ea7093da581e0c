#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace confman::domain {

// What a change does: what the audit trail calls it. The numbers are on disk.
enum class Action : std::uint8_t {
  ConfigCreated = 1,
  ConfigUpdated = 2,
  ConfigDeleted = 3,
  NamespaceCreated = 4,
  NamespaceUpdated = 5,
  NamespaceDeleted = 6,
  MemberAdded = 7,  // of the cluster; the event's path is "/", its key the member's name
  MemberPromoted = 8,
  MemberDemoted = 9,
  MemberRemoved = 10,
};
inline constexpr Action kFirstMemberAction = Action::MemberAdded;
inline constexpr Action kLastAction = Action::MemberRemoved;

bool is_of_config(Action action);         // a change of an entry
std::string_view name_of(Action action);  // "config.updated", …
std::optional<Action> action_named(std::string_view name);

}  // namespace confman::domain
