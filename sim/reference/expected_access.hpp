#pragma once

#include <cstdint>
#include <string>

#include "app/node/request.hpp"
#include "sim/reference/state.hpp"

// Answers to questions about access, held against the reference (expected.hpp).
namespace confman::sim {

// What such a question is asked by and of.
struct AccessQuestion {
  const node::Answer& answer;
  const Access& access;
  const ReferenceState& state;
  const Asker& asker;
  std::uint64_t index{};
};

std::string wrong_in(const node::GetApiKey& query, const AccessQuestion& of);
std::string wrong_in(const node::GetRole& query, const AccessQuestion& of);
std::string wrong_in(const node::GetAssignment& query, const AccessQuestion& of);
std::string wrong_in(const domain::ListApiKeys& query, const AccessQuestion& of);
std::string wrong_in(const domain::ListRoles& query, const AccessQuestion& of);
std::string wrong_in(const domain::ListAssignments& query, const AccessQuestion& of);
std::string wrong_in(const domain::ListGroupMembers& query, const AccessQuestion& of);
std::string wrong_in(const domain::CheckAccess& query, const AccessQuestion& of);
std::string wrong_in(const node::MayDo& query, const AccessQuestion& of);

}  // namespace confman::sim
