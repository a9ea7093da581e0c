#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/model/actor.hpp"

// Who can have a role, as text: "user:alice", "service:deploy", "group:payments".
namespace confman::domain {

enum class PrincipalKind : std::uint8_t { User, Service, Group };

struct Principal {
  PrincipalKind kind{};
  std::string_view name;  // into the text
};

// Nothing, if that is no principal: the name is 1 to kMaxPrincipalNameBytes characters of printable
// ASCII, without blanks, slashes, commas and colons.
std::optional<Principal> parse_principal(std::string_view text);
bool is_principal_name(std::string_view name);

// Somebody who can act: a user or a service. Nothing for a group.
std::optional<Actor> actor_for(std::string_view principal);
// The other way round; empty: it is neither.
std::string principal_of(const Actor& actor);

}  // namespace confman::domain
