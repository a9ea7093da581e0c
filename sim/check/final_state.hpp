#pragma once

#include "sim/check/history.hpp"
#include "sim/check/violation.hpp"

// What clients were told, against the versions that the healed cluster keeps.
namespace confman::sim {

// Every acknowledged write is there: its version, with its value and revision, or its tombstone.
// Property "lost_acknowledgement".
Violations check_no_lost_acknowledgement(const History& history);

// Versions are 1, 2, 3… per key, revisions grow with them, and one operation made at most one. An
// operation is known by its idempotency key, or by its value where exactly one put wrote that
// value. Property "duplicate_apply".
Violations check_no_duplicate_apply(const History& history);

// Every version stems from an operation that was done or may have been, and every value read, in
// any consistency mode, from such a put that began before the read ended; a read agrees with the
// version it names. Property "phantom".
Violations check_no_phantom(const History& history);

}  // namespace confman::sim
