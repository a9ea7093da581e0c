#pragma once

#include <cstdint>
#include <string>

namespace confman::domain {

// The numbers are on disk.
enum class ActorType : std::uint8_t { Anonymous = 0, User = 1, Service = 2, System = 3 };
inline constexpr ActorType kLastActorType = ActorType::System;

// Who asks for a change.
struct Actor {
  ActorType type = ActorType::Anonymous;
  std::string id;  // "anonymous", "user@example.com"
  std::string ip;  // textual, may be empty

  friend bool operator==(const Actor&, const Actor&) = default;
};

}  // namespace confman::domain
