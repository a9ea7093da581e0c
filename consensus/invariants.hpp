#pragma once

#include <optional>

#include "consensus/types.hpp"

namespace confman::consensus {

// The facts about a node that must always hold together, alone and from one step to the next.
struct NodeView {
  Role role = Role::Follower;
  HardState hard_state;
  std::optional<MemberId> leader;
  LogIndex base;
  LogIndex applied;
  LogIndex commit;
  LogIndex persisted;
  LogId last;
  PersistSeq issued;
  PersistSeq done;
};

// Assert, with sentences. The engine does so after every step, in every build: some thirty
// compares.
void check_basic(const NodeView& node);
void check_delta(const NodeView& before, const NodeView& after);

}  // namespace confman::consensus
