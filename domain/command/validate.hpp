#pragma once

#include "domain/command/checks.hpp"
#include "domain/command/command.hpp"

namespace confman::domain {

// Everything that can be told of a command without looking at the state: names and limits. Asked at
// the edge, again by the leader of what was forwarded, and by apply of what the log holds.
// Well-formedness of JSON and YAML values is the edge's.
Checked validate(const Command& command);

}  // namespace confman::domain
