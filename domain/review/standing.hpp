#pragma once

#include <optional>

#include "domain/catalogue.hpp"
#include "domain/state/store.hpp"

// What stands where a change of a request would put something else.
namespace confman::domain {

// Of a namespace, policy, binding, assignment, role, quota or retention: the put that would make
// what is there now, for the one who agrees to see both; a deletion has one, too. Nothing where
// there is none, and for all other changes.
std::optional<CommandBody> standing(const StateStore&, const CommandBody& change);

}  // namespace confman::domain
