#pragma once

#include <string_view>

#include "domain/command/decision.hpp"

namespace confman::domain {

class StateWriter;

// Takes all roles that are assigned in a namespace: it is being deleted. At most
// kMaxAssignmentsOfNamespace rows.
void remove_assignments(StateWriter&, const Act&, std::string_view path);

}  // namespace confman::domain
