#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "consensus/config.hpp"
#include "consensus/effect.hpp"
#include "consensus/event.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

// What a node starts from: its log store's content and how far its state machine is.
struct Restored {
  HardState hard_state;
  LogId base;
  std::vector<Entry> entries;
  LogIndex applied;  // of the durable state machine; base.index <= applied
};

struct PeerStatus {
  MemberId id;
  LogIndex match;
  LogIndex next;
  bool active = false;       // heard from within an election timeout
  bool snapshotting = false;
};

struct Status {
  NodeId self;
  Role role = Role::Follower;
  Term term;
  std::optional<MemberId> leader;
  LogIndex first;     // of the log in memory
  LogIndex last;
  LogIndex persisted;
  LogIndex commit;
  LogIndex applied;   // handed out by Apply
  bool can_serve_reads = false;  // leader with a committed entry of its own term
  std::vector<PeerStatus> peers; // a leader's view; empty otherwise
};

}  // namespace confman::consensus
