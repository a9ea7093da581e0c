#include "sim/check/register_model.hpp"

#include <set>

namespace confman::sim {

namespace {

constexpr std::uint64_t kUnsought = UINT64_MAX - 1;

std::string value_name(std::uint64_t value) {
  if (value == kUnsought) {
    return "a value nobody saw";
  }
  return value == kNil ? "nil" : std::to_string(value);
}

}  // namespace

void RegisterModel::normalise(std::vector<RegisterOperation>& operations) {
  std::set<std::uint64_t> sought{kNil};
  for (const RegisterOperation& op : operations) {
    if (op.action.kind == Action::Kind::Cas) {
      sought.insert(op.action.expected);
    } else if (op.action.kind == Action::Kind::Read && !op.unknown()) {
      sought.insert(op.action.value);
    }
  }
  for (RegisterOperation& op : operations) {
    if (op.action.kind != Action::Kind::Read && !sought.contains(op.action.value)) {
      op.action.value = kUnsought;
    }
  }
}

std::optional<std::uint64_t> RegisterModel::step(State state, const Action& action) const {
  switch (action.kind) {
    case Action::Kind::Read:
      return state == action.value ? std::optional(state) : std::nullopt;
    case Action::Kind::Write:
      return action.value;
    case Action::Kind::Cas:
      if ((state == action.expected) == action.refused) {
        return std::nullopt;
      }
      return action.refused ? state : action.value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> RegisterModel::attempt(State state, const Action& action) const {
  const bool acts = action.kind == Action::Kind::Write ||
                    (action.kind == Action::Kind::Cas && state == action.expected);
  return acts ? std::optional(action.value) : std::nullopt;
}

bool RegisterModel::replaces(const Action& b, const Action& a) const {
  return b.kind == Action::Kind::Write && a.value == b.value;
}

std::string RegisterModel::describe(const Action& action) const {
  switch (action.kind) {
    case Action::Kind::Read:
      return "read of " + value_name(action.value);
    case Action::Kind::Write:
      return "write of " + value_name(action.value);
    case Action::Kind::Cas:
      return (action.refused ? "refused cas " : "cas ") + value_name(action.expected) + " to " +
             value_name(action.value);
  }
  return {};
}

std::string RegisterModel::describe_state(State state) const {
  return value_name(state);
}

}  // namespace confman::sim
