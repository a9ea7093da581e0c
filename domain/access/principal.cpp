#include "domain/access/principal.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/limits.hpp"

namespace confman::domain {
namespace {

constexpr auto kKinds = std::to_array<std::pair<std::string_view, PrincipalKind>>({
    {"user:", PrincipalKind::User},
    {"service:", PrincipalKind::Service},
    {"group:", PrincipalKind::Group},
});

constexpr bool may_stand_in_a_name(char c) {
  return c > 0x20 && c < 0x7f && c != '/' && c != ',' && c != ':';
}

}  // namespace

bool is_principal_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxPrincipalNameBytes &&
         std::ranges::all_of(name, may_stand_in_a_name);
}

std::optional<Principal> parse_principal(std::string_view text) {
  for (const auto& [prefix, kind] : kKinds) {
    if (!text.starts_with(prefix)) continue;
    const std::string_view name = text.substr(prefix.size());
    return is_principal_name(name) ? std::optional(Principal{kind, name}) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Actor> actor_for(std::string_view text) {
  const auto principal = parse_principal(text);
  if (!principal || principal->kind == PrincipalKind::Group) return std::nullopt;
  const bool user = principal->kind == PrincipalKind::User;
  return Actor{user ? ActorType::User : ActorType::Service, std::string(principal->name), {}};
}

std::string principal_of(const Actor& actor) {
  if (actor.type == ActorType::User) return "user:" + actor.id;
  return actor.type == ActorType::Service ? "service:" + actor.id : std::string();
}

}  // namespace confman::domain
