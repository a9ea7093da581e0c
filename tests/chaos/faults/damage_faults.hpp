#pragma once

#include <memory>

#include "tests/chaos/faults/fault.hpp"

// Files are damaged while their node is down, and it is started on them. What it may do then stands
// in one place, damage_faults.cpp, and gets stricter as nodes learn to repair themselves.
namespace confman::chaos {

enum class Damaged : std::uint8_t { Log, State };

// Files of a minority, at any place.
std::unique_ptr<Fault> make_damage(Ground ground, Damaged what);
// Of the logs of those who alone have, with a leader that is down, what was acknowledged last.
std::unique_ptr<Fault> make_damage_at_the_worst_moment(Ground ground);
// Of every node's log, but no page in the same place twice.
std::unique_ptr<Fault> make_helix(Ground ground);

}  // namespace confman::chaos
