#pragma once

#include <string>
#include <utility>

#include "consensus/restored.hpp"

// Configurations, and logs that name them.
namespace confman::consensus::test {

inline consensus::Member node(std::uint64_t id, MemberRole role = MemberRole::Voter) {
  return {.id = MemberId{id},
          .role = role,
          .incarnation = role == MemberRole::Learner ? 0u : 1u,
          .name = "node" + std::to_string(id),
          .peer_address = "host" + std::to_string(id) + ":1",
          .api_address = "host" + std::to_string(id) + ":2"};
}

inline Entry naming(std::uint64_t index, std::uint64_t term, Membership membership) {
  return {LogIndex{index}, Term{term}, EntryKind::Membership,
          make_payload(encode(MembershipChange{std::move(membership), {}}))};
}

// A start with a log of one entry of term 1, which names this configuration.
inline Restored in(Membership membership) {
  Restored r;
  r.log.hard_state.term = Term{1};
  r.log.entries = {naming(1, 1, std::move(membership))};
  return r;
}

// 1 2 3, and the learner 4.
inline Membership with_learner() {
  return {.members = {node(1), node(2), node(3), node(4, MemberRole::Learner)}, .outgoing = {}};
}

}  // namespace confman::consensus::test
