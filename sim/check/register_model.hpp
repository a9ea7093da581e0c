#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/operation.hpp"

// A register with read, write and compare-and-set.
namespace confman::sim {

inline constexpr std::uint64_t kNil = UINT64_MAX;  // the register's first value

struct RegisterAction {
  enum class Kind : std::uint8_t { Read, Write, Cas };

  Kind kind{};
  std::uint64_t value = kNil;     // read: what was found; write and cas: the new one
  std::uint64_t expected = kNil;  // cas
  bool refused = false;           // cas: found something else than expected

  friend auto operator<=>(const RegisterAction&, const RegisterAction&) = default;
};
using RegisterOperation = Operation<RegisterAction>;

class RegisterModel {
 public:
  using Action = RegisterAction;
  using State = std::uint64_t;

  // Values that nobody looks for become one, so that writes of them are interchangeable.
  static void normalise(std::vector<RegisterOperation>& operations);

  State initial() const { return kNil; }
  std::optional<State> step(State state, const Action& action) const;
  bool mutates(const Action& action) const {
    return action.kind != Action::Kind::Read && !action.refused;
  }
  std::optional<State> attempt(State state, const Action& action) const;
  bool may_help(State) const { return true; }
  bool replaces(const Action& b, const Action& a) const;
  std::uint64_t hash(State state) const { return state; }

  std::string describe(const Action& action) const;
  std::string describe_state(State state) const;
};

}  // namespace confman::sim
