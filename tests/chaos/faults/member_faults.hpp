#pragma once

#include <memory>

#include "tests/chaos/faults/fault.hpp"

// An operator changes who the members are, and who of them leads. While members change nothing else
// happens to any node: one voter less is all that a cluster of three has to spare.
namespace confman::chaos {

// To a member that is named. Comes to nothing if that one can't be reached or is behind.
std::unique_ptr<Fault> make_transfer(Ground ground);
// A voter becomes a learner, and a voter again.
std::unique_ptr<Fault> make_demotion(Ground ground);
// A member is removed, loses its disk, and is added and promoted again: a new incarnation.
std::unique_ptr<Fault> make_replacement(Ground ground);

}  // namespace confman::chaos
