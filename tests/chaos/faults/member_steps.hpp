#pragma once

#include <cstdint>
#include <string>

#include "tests/support/http_connection.hpp"

// A change of members as an operator makes it, step by step: what the leader is asked, and what its
// answer means. Pure.
namespace confman::chaos {

enum class MemberStep : std::uint8_t { Transfer, Demote, Remove, Add, Promote };
const char* name_of(MemberStep step);  // of one that is done: "demoted"

struct NamedMember {
  std::string name;
  std::string peer_address;
  std::string api_address;
};

testing::HttpRequest request_of(MemberStep step, const NamedMember& member);

enum class StepAnswer : std::uint8_t {
  Done,      // also where the answer to an earlier request was lost, and that one has done it
  NotNow,    // nothing was done, or it isn't known: ask again, whoever leads then
  NoMember,  // it has to be added first
  Wrong,     // what nobody should get who asks for this
};
StepAnswer meaning_of(MemberStep step, const testing::HttpAnswer& answer);

// "409 not_caught_up"
std::string text_of(const testing::HttpAnswer& answer);

}  // namespace confman::chaos
