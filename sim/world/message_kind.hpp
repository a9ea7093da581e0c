#pragma once

#include <cstdint>
#include <type_traits>
#include <variant>

#include "app/node/peer_message.hpp"

namespace confman::sim {

// The kinds of messages between nodes by number: those of consensus, then those of the service,
// each in the order of its variant.
inline constexpr std::size_t kConsensusKinds = std::variant_size_v<consensus::MessageBody>;
inline constexpr std::size_t kMessageKinds =
    kConsensusKinds + std::variant_size_v<decltype(node::PeerMessage::body)> - 1;

inline std::uint8_t kind_of(const node::PeerMessage& message) {
  const auto* raft = std::get_if<consensus::Message>(&message.body);
  return static_cast<std::uint8_t>(raft != nullptr ? raft->body.index()
                                                   : kConsensusKinds + message.body.index() - 1);
}

// The kind of a consensus message that holds one of these.
template <class Body>
constexpr std::uint8_t kind_of_body() {
  return []<class... Bodies>(std::type_identity<std::variant<Bodies...>>) {
    std::uint8_t kind = 0;
    // Counts up to the first that is it.
    static_cast<void>(((std::is_same_v<Body, Bodies> ? true : (++kind, false)) || ...));
    return kind;
  }(std::type_identity<consensus::MessageBody>{});
}

}  // namespace confman::sim
