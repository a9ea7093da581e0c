#pragma once

#include <cstdint>
#include <optional>

#include "consensus/config.hpp"
#include "consensus/log_recovery.hpp"
#include "consensus/types.hpp"

namespace confman::consensus {

// What a node starts from: its log store's content and how far its state machine is.
struct Restored {
  RestoredLog log;
  // Of the durable state machine. A log that has another term at `applied`, or ends before it, is
  // what a crash between the installation of a snapshot and the reset of the log leaves; it is
  // reset. An `applied` before the log's base is a state that was lost: it comes from the leader.
  LogPoint applied;
  // As of `applied`; nothing: the state machine was never given one.
  std::optional<Membership> membership;
  std::uint64_t feature_level = kFirstFeatureLevel;
};

}  // namespace confman::consensus
