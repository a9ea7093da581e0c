#pragma once

#include "domain/access/memo.hpp"
#include "domain/catalogue.hpp"
#include "domain/command/decision.hpp"

// What both a command by itself and one in a published request go through.
namespace confman::domain {

class StateWriter;

// Whether who asks holds what the command needs, and whether the policy where it stands lets it by
// without a request (unless it comes from one: Act::change_request); then what becomes of it. Who
// lacks a permission is refused, whatever else could be said.
// `memo`: of the state before the command, or null; one that is part of a larger one has none,
// since what came before it may have changed who may what.
Decision decide_body(StateWriter&, const Act&, const CommandBody&, AccessMemo* memo = nullptr);

// The event of it. A command that breaks the limits is recorded too, as far as a row may hold of
// it.
void record(StateWriter&, const Act&, const CommandBody&, const Decision&);

Decision refused(const CommandBody&, Refusal);

}  // namespace confman::domain
