#pragma once

#include <vector>

#include "sim/check/entry_model.hpp"
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

// What the versions tell of puts whose outcome is unknown, where `final_history` has all of them:
// one that alone wrote a value that stands there once took that version, and one whose value
// doesn't stand there never was. An order that explains the rest must then explain that too, and is
// found at once: without, a history with some tens of unknown puts at one key has too many orders
// to try.
void settle_unknown_puts(std::vector<EntryOperation>& operations,
                         const FinalHistory& final_history);

}  // namespace confman::sim
