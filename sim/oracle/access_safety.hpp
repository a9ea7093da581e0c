#pragma once

#include "sim/reference/state.hpp"

namespace confman::sim {

// Looks at what the last command of the log has changed of who may what. Whoever asked held each
// permission that somebody has gained by it, where they have gained it, or in "/" if they manage
// access there; and "/" keeps an
// administrator who can act. So the rules are judged, where the reference judges that the node
// keeps to them.
//
// Not judged are two ways that are meant: an administrator of "/" may make anybody's key and
// group, and so do anything in the end; and who opens a namespace lets in who has roles above it.
void check_access_safety(const ReferenceState& state);

}  // namespace confman::sim
