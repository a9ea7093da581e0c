#pragma once

#include <string>

#include "tests/chaos/report/report.hpp"

namespace confman::chaos {

// The run from left to right, as an SVG element: operations per second, when nobody could write,
// each node with its state, its leaderships and when it couldn't be written through, the faults,
// the violations. What is pointed at tells more.
std::string picture_of(const Outcome& outcome);

std::string escaped(const std::string& text);  // for XML

}  // namespace confman::chaos
