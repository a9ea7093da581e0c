#pragma once

#include <cstdint>

#include "domain/access/memo.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "domain/outcomes/limits.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// The state machine: total, deterministic, the only writer of the state. Decides preconditions,
// deduplication and emptiness against the state as of `position`, records the audit event (except
// for a replay), keeps digest and counters, and ends with store.command_applied(). Requires
// position.index == applied(store).index + 1; log entries that aren't commands go to skip().
//
// What is applied is stamped with a stamp of its own, greater than all before it: the command's, or
// the least behind the last one where the command's isn't (a new leader stamps before it has
// applied what its predecessor left). So stamps order like the log. Below kStrictStamps it is the
// command's, whatever went before.
//
// `feature_level`: of the cluster as of the entry before, cluster_of(store).feature_level; the
// caller keeps it, because reading it each time would be a look into the store for each command.
// `memo`: of this store and of no other; what is decided is the same without. Behind a call it is
// as of the state that apply has made.
Reply apply(StateStore& store, const LogPosition& position, const Command& command,
            std::uint64_t feature_level = kNewestFeatureLevel, const OutcomeLimits& outcomes = {},
            AccessMemo* memo = nullptr);

// Moves the applied position over a log entry that changes nothing (a no-op, or a command whose
// bytes this build can't decode: the caller decides whether that is fatal).
void skip(StateStore& store, const LogPosition& position);

// Creates what every cluster starts with: the root namespace "/". Idempotent; called on an empty
// store before the first apply, and the same on every node.
void initialise(StateStore& store);

}  // namespace confman::domain
