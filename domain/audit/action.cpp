#include "domain/audit/action.hpp"

#include "domain/base/assert.hpp"

namespace confman::domain {

bool is_of_config(Action action) {
  return action == Action::ConfigCreated || action == Action::ConfigUpdated ||
         action == Action::ConfigDeleted;
}

std::string_view name_of(Action action) {
  switch (action) {
    case Action::ConfigCreated:
      return "config.created";
    case Action::ConfigUpdated:
      return "config.updated";
    case Action::ConfigDeleted:
      return "config.deleted";
    case Action::NamespaceCreated:
      return "namespace.created";
    case Action::NamespaceUpdated:
      return "namespace.updated";
    case Action::NamespaceDeleted:
      return "namespace.deleted";
    case Action::MemberAdded:
      return "member.added";
    case Action::MemberPromoted:
      return "member.promoted";
    case Action::MemberDemoted:
      return "member.demoted";
    case Action::MemberRemoved:
      return "member.removed";
  }
  CONFMAN_UNREACHABLE("An action has no name.");
}

std::optional<Action> action_named(std::string_view name) {
  for (unsigned i = 1; i <= static_cast<unsigned>(kLastAction); ++i) {
    const auto action = static_cast<Action>(i);
    if (name_of(action) == name) return action;
  }
  return std::nullopt;
}

}  // namespace confman::domain
