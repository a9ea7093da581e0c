#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/types.hpp"

// What a member may be called and where it may be. One set of rules for the settings that found a
// cluster, for a request that adds a member, and for the leader that makes the change; only the
// last knows all members for certain.
//
// What is in a log already was let in by the rules of its day, and is taken as it is
// (decode_membership).
namespace confman::consensus {

// More voters than this would only wait for each other.
inline constexpr std::size_t kMaxVoters = 7;

enum class MemberField : std::uint8_t { Name, Peer, Api };

struct MemberProblem {
  std::string_view code;  // "bad_node_id", "bad_address", "bad_port", "duplicate_node_id", …
  MemberField field{};
  std::string message;  // what is wrong and what is allowed, without a stop at the end
};

struct MemberRules {
  // Nobody is asked who they are: then no address but this machine's own may be a member's, or
  // anybody could have the whole log sent anywhere.
  bool loopback_only = false;
};

// 1–63 of a–z, A–Z, 0–9, '.', '_', '-', starting with a letter or digit.
bool is_member_name(std::string_view text);
inline constexpr std::string_view kMemberNameRule =
    "1 to 63 letters, digits, '.', '_' or '-', starting with a letter or digit";

// Of the member by itself; empty: none. An empty field is a problem too.
std::vector<MemberProblem> problems_of(const Member& member, const MemberRules& rules);

// Between the member and the others: a name or an address that is taken. A member of the same id is
// among the others only where there are two of it.
std::vector<MemberProblem> conflicts(const Member& member, std::span<const Member> others);

}  // namespace confman::consensus
